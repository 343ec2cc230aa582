"""The answer: what is filed, whether it is enough, what to do now, and whom to call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from matters.catalogue.models import MatterVersion
from matters.medical.filing import Standing, active_filings, standing
from matters.medical.filing.contacts import NATIONAL_LINE, agency_of
from matters.medical.filing.exemptions import ExemptionRow, exemption_rows
from matters.medical.filing.names import filing_words
from matters.medical.manual.deadline import LastDay, last_day_to_claim
from matters.medical.models import Filing, Insured, VisitKind
from matters.medical.rules import rule_book
from tongban.offices.models import Office
from tongban.templatetags.formats import zh_date

from .questions import INSIDE, KINDS, PAID

# The flows of the matters that the answer leads to.
FILE, CLAIM = "medical_filing", "reimbursement"


@dataclass(frozen=True)
class Answer:
    """tone: success, warning or error, of the box on top. steps: what to do, in order."""

    tone: str
    title: str
    standing: Standing
    steps: list[str]
    filings: list[str]
    exemptions: list[ExemptionRow]
    agencies: list[tuple[str, Office]]
    last_day: LastDay | None = None
    matters: dict[str, MatterVersion] = field(default_factory=dict)
    national_line: str = NATIONAL_LINE


def answer_of(cover: Insured, answers: Mapping[str, str], *, today: dt.date) -> Answer:
    """Twelve statements at most. Raises NoPlace for a place that nobody files for."""
    visit, is_emergency = KINDS[answers["visit"]]
    on, now = dt.date.fromisoformat(answers["on"]), answers["now"]
    found = standing(
        insured=cover,
        destination=answers["to"],
        visit=visit,
        on=on if now != INSIDE else today,
        is_emergency=is_emergency,
        open_since=on if now == INSIDE else None,
    )
    tone, title = _headline(found, now, on)
    asked = VisitKind(visit).label
    # Where a filing already decides, an exemption changes nothing.
    is_open = found.filing in ("exempt", "unfiled")
    rows = exemption_rows(insured=cover, place=found.place, on=on) if is_open else []
    filed = active_filings(cover, on=today) if cover.pk is not None else []
    last_day = last_day_to_claim(cover.pool_id, on, book=rule_book()) if now == PAID else None
    return Answer(
        tone=tone,
        title=title,
        standing=found,
        steps=_steps(found, now, last_day),
        filings=[filing_words(row) for row in filed],
        exemptions=[row for row in rows if row.visit == asked],
        agencies=_agencies(cover, found, today),
        last_day=last_day,
        matters=matters_of((FILE, CLAIM), today),
    )


def _headline(found: Standing, now: str, on: dt.date) -> tuple[str, str]:
    if not found.benefit.is_ok:
        return "error", "现在不能直接结算"
    if now == PAID:
        return "warning", "已经自己付清的，走手工报销"
    if found.filing == "home":
        return "success", "这是参保地，不用备案，可以直接去"
    if found.filing == Filing.Kind.EMERGENCY:
        return "success", "急诊抢救视同已备案，先救人"
    if found.filing == "unfiled":
        return "warning", "还没出院结算，现在补备案就算数" if now == INSIDE else "先备案，再去看病"
    if found.filing == "exempt":
        if found.doubts:
            return "warning", "很可能不用备案；稳妥的做法是先备案"
        return "success", "不用备案，可以直接结算"
    if not found.may_settle_directly:
        return "warning", "备案不一定管这种就医，先问清楚"
    when = "出院时" if now == INSIDE else zh_date(on)
    return "success", f"已经备案，{when}可以直接结算"


def _steps(found: Standing, now: str, last_day: LastDay | None) -> list[str]:
    """The safe act first; late filing counts until 出院结算, after paying oneself only by hand."""
    bring = "带上医保电子凭证或社会保障卡，在医院窗口说明是异地医保。"
    if not found.benefit.is_ok:
        return [
            found.benefit.sentence,
            "先向参保地医保局问清楚怎样恢复待遇，再安排看病；急病先就医，票据全部留好。",
        ]
    if now == PAID:
        return _by_hand(last_day)
    if found.filing == Filing.Kind.EMERGENCY:
        return ["请医院把这次就医标记为急诊抢救，视同备案要靠这个标记。", bring]
    if found.filing == "unfiled" or found.doubts:
        steps = ["现在就办异地就医备案，网上自助备案多数当场生效。"]
        if now == INSIDE:
            steps.append("出院结算之前备好案，就可以直接结算；告诉病区或医院医保办您正在补备案。")
        else:
            steps.append(
                "来不及也不要紧：住院的，出院结算之前补办都算数；一旦自己付清，就只能回参保地手工报销。"
            )
        return [*steps, bring]
    return [bring, "选开通了异地直接结算的定点医院；下面可以查名录。"]


def _by_hand(last_day: LastDay | None) -> list[str]:
    when = (
        f"请在{zh_date(last_day.usual)}前向参保地申请手工报销。"
        if last_day
        else "参保地的申请期限没有查到，请马上打电话问清楚，尽早申请。"
    )
    return [
        when,
        "准备好：医保凭证或身份证、发票原件（或电子票据号码）、费用清单、出院小结或诊断证明、银行账户；请人代办的带代办人身份证。",
    ]


def _agencies(cover: Insured, found: Standing, today: dt.date) -> list[tuple[str, Office]]:
    """A statement for each of the two places."""
    places = [("参保地", cover.pool_id), ("就医地", found.place)]
    if found.place == cover.pool_id:
        places = places[:1]
    offices = [(words, agency_of(place, today)) for words, place in places]
    return [(words, office) for words, office in offices if office is not None]


def matters_of(flows: tuple[str, ...], today: dt.date) -> dict[str, MatterVersion]:
    """The version in force of the first matter of each flow, by its flow. One statement."""
    rows = MatterVersion.objects.in_force(today).filter(flow__in=flows)
    found: dict[str, MatterVersion] = {}
    for version in rows.select_related("matter").order_by("matter_id"):
        found.setdefault(version.flow, version)
    return found
