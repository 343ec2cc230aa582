"""What the nightly recounts found, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from matters.catalogue.models import Matter
from workflows.cases.places import office_cards

from .counting import LOOKS_BACK_DAYS
from .directions import direction_label
from .figure_words import figure_word
from .flags import KINDS
from .models import Difference, Recount
from .periods import ONE_DAY
from .words import MODES

SHOWN = 20
TABLES = {
    "DayDirection": "按方向",
    "DayMatter": "按事项",
    "DayOffice": "按机构",
    "DayStay": "环节停留",
    "DayRoute": "按地区",
    "DayTime": "用时（事项）",
    "DayTimeOffice": "用时（机构）",
    "DayOther": "查询和预约",
    "DayFlag": "提示",
}


@dataclass(frozen=True)
class Found:
    """One corrected figure: where, and from what to what."""

    day: dt.date
    table: str
    where: str
    figure: str
    stood: int
    counted: int
    found_at: dt.datetime


@dataclass(frozen=True)
class Night:
    """The last recount, and the corrections of the last ten days."""

    last: Recount | None
    found: list[Found]
    left_out: int


def last_night(today: dt.date) -> Night:
    """Two statements, and one each for names of matters and offices where there are any."""
    last = Recount.objects.order_by("id").last()
    if last is None:
        return Night(None, [], 0)
    recent = today - LOOKS_BACK_DAYS * ONE_DAY
    rows = list(Difference.objects.filter(day__gte=recent).select_related("recount")[: SHOWN * 5])
    found = _found(rows)
    return Night(last, found[:SHOWN], max(0, len(found) - SHOWN))


def _found(rows: list[Difference]) -> list[Found]:
    matters = _matters(rows)
    found = []
    for row in rows:
        stood, counted = row.stood or {}, row.counted or {}
        changed = [f for f in {**stood, **counted} if stood.get(f, 0) != counted.get(f, 0)]
        found += [
            Found(
                day=row.day,
                table=TABLES.get(row.table, row.table),
                where=_where(row.key, matters),
                figure=figure_word(figure),
                stood=stood.get(figure, 0),
                counted=counted.get(figure, 0),
                found_at=row.recount.finished_at,
            )
            for figure in changed
        ]
    return found


def _where(key: dict[str, Any], matters: dict[int, str]) -> str:
    words = [direction_label(key["origin_province"], key["owner_province"])]
    words.append(MODES.get(key["mode"], key["mode"]))
    if "matter_id" in key:
        words.append(matters.get(key["matter_id"], f"事项 {key['matter_id']}"))
    if "route" in key:
        words.append(key["route"])
    if "days" in key:
        words.append(f"{key['days']} 个工作日")
    if "kind" in key:
        words.append(KINDS[key["kind"]].label if key["kind"] in KINDS else key["kind"])
    if office_id := key.get("office_id"):
        card = office_cards([office_id]).get(office_id)
        words.append(card.name if card else f"机构 {office_id}")
    return " · ".join(words)


def _matters(rows: list[Difference]) -> dict[int, str]:
    wanted = {row.key["matter_id"] for row in rows if "matter_id" in row.key}
    wanted_offices = [row.key["office_id"] for row in rows if row.key.get("office_id")]
    office_cards(wanted_offices)  # read together; the loop over rows finds them remembered
    if not wanted:
        return {}
    return dict(Matter.objects.filter(pk__in=wanted).values_list("pk", "name"))
