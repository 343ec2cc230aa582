"""差评 and what became of them: counted from the reviews themselves, of which there are few."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from workflows.cases.clocks import midnight
from workflows.cases.models import RatingReview

from .periods import ONE_DAY, Period
from .scope import Scope
from .viewers import Viewer

Stage = RatingReview.Stage
OPEN: Final = ~Q(stage=Stage.CLOSED)
ANSWERED: Final = Q(stage__in=(Stage.CALL, Stage.CLOSED))


@dataclass(frozen=True)
class Counted:
    """A figure over the reviews of a period. label: on the pages; definition: its 口径."""

    code: str
    label: str
    definition: str


FIGURES: Final = {
    each.code: each
    for each in [
        Counted(
            "bad",
            "差评",
            "期间收到的“不满意”和“非常不满意”评价；只计办件，联办中的子办件不计。归作出决定的机构。",
        ),
        Counted("verified", "已核实", "期间收到的差评中，此刻已经核实的件。"),
        Counted("justified", "属实", "已核实的差评中，所反映的问题属实的件。"),
        Counted(
            "owed",
            "应办",
            "期间收到的差评中，此刻已整改（不属实的为已核实）的，加上过了期限还没有办完的；期限未到而未办完的不在内。",
        ),
        Counted(
            "in_time",
            "按期整改",
            "应办的差评中，在 15 个工作日内（按办理地的工作日历，评价当日不计）整改完毕的；不属实的，为期限内核实的。",
        ),
        Counted(
            "overdue", "逾期未办", "期间收到的差评中，此刻已过期限而没有整改（核实）完毕的件。"
        ),
        Counted(
            "reached", "回访联系上", "期间收到的差评中，回访时联系上了评价人的件；以最后一次为准。"
        ),
        Counted("satisfied", "回访满意", "回访联系上的差评中，评价人对处理表示满意的件。"),
    ]
}
RATES: Final = {
    "verified_rate": Counted("verified_rate", "核实率", "核实率＝已核实÷差评。"),
    "in_time_rate": Counted("in_time_rate", "按期整改率", "按期整改率＝按期整改÷应办。"),
    "content_rate": Counted(
        "content_rate",
        "回访满意率",
        "回访满意率＝回访满意÷回访联系上；没有联系上的不在分子分母内。",
    ),
}


@dataclass(frozen=True)
class Loop:
    """The figures of some reviews, named after `FIGURES`; a rate is None where there is nothing to rate."""

    bad: int = 0
    verified: int = 0
    justified: int = 0
    owed: int = 0
    in_time: int = 0
    overdue: int = 0
    reached: int = 0
    satisfied: int = 0

    def __add__(self, other: Loop) -> Loop:
        return Loop(**{code: getattr(self, code) + getattr(other, code) for code in FIGURES})

    @property
    def verified_rate(self) -> float | None:
        return self.verified / self.bad if self.bad else None

    @property
    def in_time_rate(self) -> float | None:
        return self.in_time / self.owed if self.owed else None

    @property
    def content_rate(self) -> float | None:
        return self.satisfied / self.reached if self.reached else None


def rows_of(code: str, now: dt.datetime) -> Q:
    """The reviews that a figure counts, or that are `open`, `late` or `closed`. Raises KeyError for another."""
    # Done when put right; what was not justified, or has no office, when verified.
    in_time = ANSWERED & Q(answered__lt=F("due_at"))
    overdue = ~ANSWERED & Q(due_at__lte=now)
    return {
        "bad": Q(),
        "verified": Q(verified_at__isnull=False),
        "justified": Q(is_justified=True),
        "owed": ANSWERED | Q(due_at__lte=now),
        "in_time": in_time,
        "overdue": overdue,
        "late": overdue,
        "reached": Q(is_reached=True),
        "satisfied": Q(is_satisfied=True),
        "open": OPEN,
        "closed": Q(stage=Stage.CLOSED),
    }[code]


def reviews() -> QuerySet[RatingReview]:
    """Those that are counted, with `answered`: when they were, if they are."""
    return RatingReview.objects.filter(is_counted=True).annotate(
        answered=Coalesce("fixed_at", "verified_at")
    )


def within(scope: Scope, period: Period | None) -> Q:
    """Direction, mode, matter and office of a scope; and the days of the rating, unless any will do."""
    rows = scope.cells() & scope.matters()
    if scope.office_id is not None:
        rows &= Q(office=scope.office_id)
    if period is not None:
        first, after = midnight(period.first), midnight(period.last + ONE_DAY)
        rows &= Q(opened_at__gte=first, opened_at__lt=after)
    return rows


def seen_by(viewer: Viewer) -> Q:
    """Those whose case this person may open: of their offices, or of a province that they supervise."""
    actor = viewer.actor
    at_desk = Q(office__in=actor.desks | actor.heads)
    watched = Q(origin_province__in=actor.supervises) | Q(owner_province__in=actor.supervises)
    return at_desk | watched


def loops(scope: Scope, period: Period, now: dt.datetime) -> dict[tuple[str, int | None], Loop]:
    """By province that decided and office. One statement."""
    return _counted(reviews().filter(within(scope, period)), now)


def loops_of(viewer: Viewer, period: Period, now: dt.datetime) -> Loop:
    """Of what this person may open, all offices together. One statement."""
    scope = Scope(period)
    return together(
        _counted(reviews().filter(within(scope, period), seen_by(viewer)), now).values()
    )


def together(parts: Iterable[Loop]) -> Loop:
    return sum(parts, Loop())


def _counted(rows: QuerySet[RatingReview], now: dt.datetime) -> dict[tuple[str, int | None], Loop]:
    totals = {f"n_{code}": Count("pk", filter=rows_of(code, now)) for code in FIGURES}
    totals["n_bad"] = Count("pk")
    found = rows.order_by().values_list("owner_province", "office").annotate(**totals)
    return {(province, office): Loop(*counted) for province, office, *counted in found}
