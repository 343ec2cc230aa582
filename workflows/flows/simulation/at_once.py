"""What usually happens to queries and appointments."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from workflows.cases.clocks import SHANGHAI

from .. import models as flows
from ..appointment import visit_day
from .acts import Move, reason


def _reply(_case: Any, luck: Random) -> dict[str, Any]:
    return {"reply": luck.choice(["经查询，记录正常，无中断。", "已查到，记录单可到窗口打印。"])}


AT_ONCE: dict[tuple[str, str], tuple[Move, ...]] = {
    (flows.Query.CODE, "asked"): (
        Move("reply", 94, _reply),
        Move("decline", 6, reason("本机构没有所查时段的记录，请向原办理地查询。")),
    ),
    (flows.Appointment.CODE, "booked"): (Move("visit", 88), Move("miss", 12)),
}


def booked_for(case: Any) -> dt.datetime | None:
    """When whoever has booked a day comes; None for every other case."""
    day = visit_day(case) if case.flow == flows.Appointment.CODE else None
    return None if day is None else dt.datetime.combine(day, dt.time(9), SHANGHAI)
