"""What is counted: each figure's name, its definition (口径), and the rows it counts, in one place.

The day tables are filled from `rows`, and the list of cases behind a number is found by the same
`rows`: a number and its list cannot mean different things.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from workflows.cases.declarations import APPLICANT
from workflows.cases.kinds import applications
from workflows.cases.unguessed import Unguessed

ROOT = Q(is_root=True)
RECEIVED = Q(counts_as="received") & ROOT
CONCLUDED = Q(counts_as="concluded") & ROOT
# A person who withdraws ends the case; no office was early or late with it.
DEALT_WITH = CONCLUDED & ~Q(outcome="withdrawn")
RATED = Q(counts_as="", step="rate") & ROOT
# Every event that any measure counts; an index on events has these words as its condition.
COUNTED = ~Q(counts_as="") | Q(step="rate")


@dataclass(frozen=True)
class Measure:
    """A figure of something that happened on a day; `rows` are the events that it counts."""

    code: str
    label: str
    definition: str
    rows: Q


@dataclass(frozen=True)
class Stock:
    """A figure of how things stand now; counted over cases (`stocks.rows`)."""

    code: str
    label: str
    definition: str


def _outcome(code: str, outcome: str, label: str, definition: str) -> Measure:
    return Measure(code, label, definition, CONCLUDED & Q(outcome=outcome))


FLOWS: dict[str, Measure] = {
    measure.code: measure
    for measure in [
        Measure(
            "received",
            "收件",
            "当日提交的办件数，不论网上还是窗口；按提交时刻计入当日。联办中的子办件不计；"
            "咨询、查询、预约不是办件，不计入，也从不与办件相加。",
            RECEIVED,
        ),
        Measure(
            "online",
            "网上申请",
            "收件中由申请人在网上提交的件数，不含窗口收件。",
            RECEIVED & Q(data__channel="online"),
        ),
        Measure(
            "accepted",
            "受理",
            "当日由有权机关受理的件数，含依法逾期视为受理；收件不等于受理。",
            Q(counts_as="accepted") & ROOT,
        ),
        Measure(
            "concluded",
            "办结",
            "当日办结的件数，分为准予、不予批准、不予受理、退件和撤回；送达和评价在办结之后，不影响办结日。"
            "联办中的子办件不计。",
            CONCLUDED,
        ),
        _outcome("granted", "done", "准予", "作出准予（同意、办成）结论的办结件。撤回的不算。"),
        _outcome("disapproved", "disapproved", "不予批准", "受理后作出不予批准决定的办结件。"),
        _outcome("refused", "refused", "不予受理", "书面不予受理的办结件。"),
        _outcome("returned", "returned", "退件", "收件地退回，或逾期未补正而退回的办结件。"),
        _outcome(
            "withdrawn", "withdrawn", "撤回", "申请人自行撤回而结束的件；不计入按时率和用时。"
        ),
        Measure(
            "timed",
            "有时限的办结",
            "有承诺时限（没有则看法定时限）的办结件，撤回的不计；时限未公布或在计时前办结的不在内。",
            DEALT_WITH & Q(is_late__isnull=False),
        ),
        Measure(
            "late",
            "超期办结",
            "有时限的办结中，办结晚于承诺时限（没有则看法定时限）的件；补正等中止的时间不计入用时。",
            DEALT_WITH & Q(is_late=True),
        ),
        Measure(
            "early",
            "提前办结",
            "有时限的办结中，办结日早于时限最后一日的件。",
            DEALT_WITH & Q(data__is_early=True),
        ),
        Measure(
            "measured",
            "计算用时的办结",
            "有用时记录的办结件，撤回的不计。",
            DEALT_WITH & Q(working_days__isnull=False),
        ),
        Measure("rated", "评价", "当日收到的好差评，每个办件只评价一次。", RATED),
        *(
            Measure(f"rated_{level}", label, f"好差评中的“{label}”。", RATED & Q(data__level=level))
            for level, label in [
                (5, "非常满意"),
                (4, "满意"),
                (3, "基本满意"),
                (2, "不满意"),
                (1, "非常不满意"),
            ]
        ),
    ]
}
# Queries 查询 and appointments 预约 are no applications: figures of their own, never added to those.
QUERIES: dict[str, Measure] = {
    measure.code: measure
    for measure in [
        Measure(
            "asked",
            "查询提出",
            "当日提出的查询件数。查询不是办件，单独统计，从不与办件、预约相加。",
            Q(counts_as="asked") & ROOT,
        ),
        Measure(
            "answered",
            "查询答复",
            "当日答复的查询件数，含登记册当场自动答复的。",
            Q(counts_as="answered", outcome="done") & ROOT,
        ),
        Measure(
            "unanswered",
            "无法答复",
            "当日告知无法答复的查询件数（不由本机构保管、不得告知或所问不清）。",
            Q(counts_as="answered", outcome="refused") & ROOT,
        ),
        Measure(
            "taken_back",
            "查询撤回",
            "当日由申请人撤回的查询件数。",
            Q(counts_as="answered", outcome="withdrawn") & ROOT,
        ),
    ]
}
# A booking is confirmed in the moment in which it is made; what follows is the visit.
APPOINTMENTS: dict[str, Measure] = {
    measure.code: measure
    for measure in [
        Measure(
            "booked",
            "预约成功",
            "当日约成的预约件数，按约成之日计，不是到访之日。预约不是办件，单独统计，从不与办件、查询相加。",
            Q(counts_as="confirmed") & ROOT,
        ),
        *(
            Measure(code, label, text, Q(from_state="booked", to_state=code) & ROOT)
            for code, label, text in [
                ("visited", "到访", "当日登记到访的预约件数；到窗口后办理的是另外的办件。"),
                ("missed", "未到访", "当日登记未到访，或逾期没有登记而了结的预约件数。"),
                ("cancelled", "取消预约", "当日由申请人取消的预约件数。"),
            ]
        ),
    ]
}
OTHERS: dict[str, Measure] = QUERIES | APPOINTMENTS
STAY = Measure(
    "stay",
    "环节停留",
    "办件离开一个环节算一次停留；补正后回来再算一次，同一办件可以出现多次。",
    Q(data__has_key="stay"),
)
# Figures behind which there is a list.
LISTED: dict[str, Measure] = FLOWS | OTHERS | {STAY.code: STAY}
OUTCOMES = ("granted", "disapproved", "refused", "returned", "withdrawn")
RATINGS = ("rated_5", "rated_4", "rated_3", "rated_2", "rated_1")

STOCKS: dict[str, Stock] = {
    stock.code: stock
    for stock in [
        Stock(
            "in_hand",
            "在办",
            "此刻已收件而未办结的件数（含等待申请人补正的），与查询日期无关；联办中的子办件不计。",
        ),
        Stock(
            "red",
            "超期",
            "在办件中，环节、承诺、法定任一时限此刻已过的件（红灯）；中止期间时限不走，不计。",
        ),
        Stock(
            "yellow",
            "即将到期",
            "在办件中已用去九成时限或到了最后一个工作日而未超期的件（黄灯）；以事项设定为准。",
        ),
        Stock(
            "delivering",
            "待送达",
            "已办结、结果还没有交到申请人手里的件；不算在办，另行计时。",
        ),
        Stock("delivering_red", "送达超期", "待送达件中已过送达时限的件。"),
    ]
}

RATES: dict[str, str] = {
    "on_time": "按时办结率＝（有时限的办结−超期办结）÷有时限的办结。没有公布时限的件不在分子分母内。",
    "early": "提前办结率＝提前办结÷有时限的办结。",
    "mean_days": "平均用时＝从提交到办结的工作日之和÷件数，提交当日不计，补正等中止的时间不计；撤回的件不计。",
    "online": "网上申请率＝网上申请÷收件。",
    "content": "满意率＝（非常满意＋满意＋基本满意）÷评价；不满意和非常不满意为差评。",
    "stay": "平均停留＝办件每次停在该环节的自然小时（含夜间、休息日和中止）之和÷次数，计入离开该环节的那一日。",
}


COMPARED: dict[str, str] = {
    "before": "上期：紧接在本期之前、天数相同的一段；“上月”的上期是再上一个整月。",
    "change": "环比＝（本期−上期）÷上期；上期为 0 时不计算，率的环比为百分点之差。",
    "last_year": "去年同期：去年相同月日的一段；没有数据的不列。同比＝（本期−去年同期）÷去年同期。",
}


def figure(code: str) -> Measure | Stock:
    """What a code stands for. Raises KeyError for an unknown one."""
    return STOCKS[code] if code in STOCKS else LISTED[code]


def stock_rows(code: str, now: dt.datetime | Unguessed) -> Q:
    """The cases that a stock counts at `now`. Raises KeyError for an unknown code."""
    # "Not concluded by now" rather than "no moment": see `Unguessed`, most of what is open has none.
    in_hand = Q(closed_at=None, parent=None) & ~Q(concluded_at__lte=now) & applications()
    delivering = Q(closed_at=None, concluded_at__isnull=False, parent=None) & applications()
    # Nothing is on its way to a person who holds the case themselves: they wait for its next date.
    delivering &= ~Q(holder=APPLICANT)
    due = Q(due_at__lte=now)
    return {
        "in_hand": in_hand,
        "red": in_hand & due,
        "yellow": in_hand & Q(yellow_at__lte=now, due_at__gt=now),
        "delivering": delivering,
        "delivering_red": delivering & due,
    }[code]


# The office that an event counts for is the first of the two that is known: where a case came in
# (whoever handed it in), or who acted (whoever has it next).
ARRIVING = ("to_office_id", "office_id")
ACTING = ("office_id", "to_office_id")
COMING_IN = Q(counts_as="received")


def at_office(measure: Measure, office_id: int) -> Q:
    """The events of a measure that count for one office; an index has these very expressions."""
    if measure.code.startswith("rated"):
        return measure.rows & Q(data__rated_office=office_id)
    comes_in = measure.code in ("received", "online")
    known = Coalesce(*map(F, ARRIVING if comes_in else ACTING))
    return measure.rows & Q(Exact(known, office_id))
