"""Every figure's definition 口径, with its version and the day it holds from.

A text that changes gets a new version and a day in `VERSIONS`; a test keeps the two together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .bearers import BEARERS
from .flags import DELAYS, FLAGS
from .measures import APPOINTMENTS, COMPARED, FLOWS, QUERIES, RATES, STAY, STOCKS
from .ranking import NOTE as RANKING
from .reviews import FIGURES as REVIEWED
from .reviews import RATES as REVIEW_RATES
from .time_tables import TAKEN

FIRST: Final = (1, dt.date(2026, 11, 21))
# code: (version, day from which it holds), for every definition that was changed since its first.
VERSIONS: Final[dict[str, tuple[int, dt.date]]] = {}
RATE_LABELS: Final = {
    "on_time": "按时办结率",
    "early": "提前办结率",
    "mean_days": "平均用时",
    "online": "网上申请率",
    "content": "满意率",
    "stay": "平均停留",
}
COMPARED_LABELS: Final = {"before": "上期", "change": "环比", "last_year": "去年同期与同比"}


@dataclass(frozen=True)
class Meaning:
    """One figure's definition. code: `group.name`, as `VERSIONS` and the address know it."""

    code: str
    label: str
    text: str
    version: int
    since: dt.date


def groups() -> Iterator[tuple[str, list[Meaning]]]:
    """(name of the group, its definitions), in the order of the pages."""
    yield (
        "办件：发生的",
        _meanings("flow", {m.code: (m.label, m.definition) for m in FLOWS.values()}),
    )
    yield (
        "办件：此刻的",
        _meanings("stock", {s.code: (s.label, s.definition) for s in STOCKS.values()}),
    )
    yield "率和平均", _meanings("rate", {c: (RATE_LABELS[c], text) for c, text in RATES.items()})
    yield (
        "比较",
        _meanings("compared", {c: (COMPARED_LABELS[c], text) for c, text in COMPARED.items()}),
    )
    times = {"taken": ("用时分布", TAKEN), STAY.code: (STAY.label, STAY.definition)}
    yield "时间", _meanings("time", times)
    yield (
        "时间由谁承担",
        _meanings("bearer", {b.code: (b.label, b.definition) for b in BEARERS.values()}),
    )
    yield (
        "超期是谁的延误",
        _meanings("delay", {d.code: (d.label, d.definition) for d in DELAYS.values()}),
    )
    yield (
        "查询（不是办件）",
        _meanings("query", {m.code: (m.label, m.definition) for m in QUERIES.values()}),
    )
    yield (
        "预约（不是办件）",
        _meanings("appointment", {m.code: (m.label, m.definition) for m in APPOINTMENTS.values()}),
    )
    yield (
        "差评整改",
        _meanings(
            "review",
            {
                each.code: (each.label, each.definition)
                for each in (REVIEWED | REVIEW_RATES).values()
            },
        ),
    )
    yield "提示", _meanings("flag", {f.code: (f.label, f.definition) for f in FLAGS.values()})
    yield (
        "排名和固化",
        _meanings("rule", {"ranking": ("机构排名", RANKING), "published": PUBLISHED}),
    )


PUBLISHED: Final = (
    "固化",
    "一日的数字在次日凌晨复核之后发布并固化，一月的在次月 5 日；发布的数字不再改动，"
    "此后从流转记录更正的另列在旁，写明何时、因哪些迟到的记录。",
)


def _meanings(group: str, texts: dict[str, tuple[str, str]]) -> list[Meaning]:
    return [
        Meaning(f"{group}.{code}", label, text, *VERSIONS.get(f"{group}.{code}", FIRST))
        for code, (label, text) in texts.items()
    ]
