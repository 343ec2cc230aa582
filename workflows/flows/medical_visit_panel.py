"""A visit on one page: bill, filing, what was settled and why, the messages in their order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matters.medical.breakdown import AMOUNTS
from matters.medical.models import Settlement, Visit
from matters.medical.visits import ChargeType, charge_types
from workflows.cases.flow import Panel
from workflows.cases.models import Event

from .medical_visit_forms import GROUNDS

if TYPE_CHECKING:
    from workflows.cases.act import Situation
    from workflows.cases.flow import Flow

CERTAINTY = {
    "certain": ("确定", "good"),
    "probable": ("较可能", "warn"),
    "uncertain": ("来源不一", "warn"),
    "recall": ("凭记忆，待核实", "warn"),
}
MESSAGES = {
    "1101": "人员信息获取",
    "2201": "门诊挂号",
    "2202": "门诊挂号撤销",
    "2203": "门诊就诊信息上传",
    "2204": "门诊费用明细上传",
    "2205": "门诊费用明细撤销",
    "2206": "门诊预结算",
    "2207": "门诊结算",
    "2208": "门诊结算撤销",
    "2301": "住院费用明细上传",
    "2302": "住院费用明细撤销",
    "2303": "住院预结算",
    "2304": "住院结算",
    "2305": "住院结算撤销",
    "2401": "入院办理",
    "2402": "出院办理",
    "2404": "入院撤销",
    "2405": "出院撤销",
    "2601": "冲正",
    "3201": "医药机构费用结算对总账",
    "3202": "医药机构费用结算对明细账",
}
TASKS = {"pending": "待查", "done": "已查明", "dead": "查不到，须人工核实"}


@dataclass(frozen=True)
class Rule:
    """One rule row that the sum used."""

    label: str
    value: str
    span: str
    source: str
    certainty: str
    kind: str
    bears: bool


@dataclass(frozen=True)
class Sum:
    """A settlement or presettlement: its amounts, a sentence each, the rules behind them.

    title says which it is; `doubts`: what would come out where a rule is only probable.
    """

    title: str
    note: str
    amounts: Sequence[tuple[str, Decimal]]
    lines: Sequence[Mapping[str, Any]]
    funds: Sequence[Mapping[str, Any]]
    rules: Sequence[Rule]
    doubts: Sequence[str]

    @property
    def is_probable(self) -> bool:
        return any(rule.kind != "good" and rule.bears for rule in self.rules)


@dataclass(frozen=True)
class Message:
    """A message of the hospital, as the ledger of the case has it."""

    at: dt.datetime
    infno: str
    name: str
    msgid: str
    done: str


@dataclass(frozen=True)
class VisitShown:
    """All of it; what is only for offices is left empty for the patient."""

    visit: Visit
    accident: str
    charges: Sequence[ChargeType]
    sum: Sum | None
    negative: Settlement | None
    refused: str
    task: str
    tries: int
    self_paid: str
    messages: Sequence[Message]

    @property
    def days(self) -> int:
        """Nights in hospital so far."""
        return ((self.visit.ended_on or self.visit.began_on) - self.visit.began_on).days


def panel_of(situation: Situation, *, for_party: bool) -> Panel:
    """Four statements for an office, three for the patient."""
    case = situation.case
    rows = Visit.objects.select_related("insured__pool", "institution__region")
    visit = rows.get(mdtrt_id=case.number)
    entries = list(Settlement.objects.filter(mdtrt_id=case.number).order_by("id"))
    task = case.facts.get("task", {})
    shown = VisitShown(
        visit=visit,
        accident=_accident(visit),
        charges=charge_types(visit.pk),
        sum=_sum(visit, entries, is_over=case.state in ("reversing", "reversed")),
        negative=next((e for e in reversed(entries) if e.sign < 0), None),
        refused="" if for_party else case.facts.get("refused", {}).get("reason", ""),
        task="" if for_party else TASKS.get(task.get("status", ""), ""),
        tries=task.get("tries", 0),
        self_paid=_self_paid(case.facts.get("self_paid", {})),
        messages=() if for_party else _messages(case),
    )
    return Panel(f"medical/{'my_' if for_party else ''}visit.html", shown)


def _self_paid(kept: Mapping[str, str]) -> str:
    """On which ground it was paid alone, with what the hospital said."""
    words = [dict(GROUNDS).get(kept.get("ground", ""), ""), kept.get("reason", "")]
    return "：".join(filter(None, words)).rstrip("。")


def _accident(visit: Visit) -> str:
    if visit.is_accident is None:
        return "未上传外伤标志"
    if not visit.is_accident:
        return "非外伤"
    if visit.is_third_party is None:
        return "外伤，未上传涉及第三方标志"
    if visit.is_third_party:
        return "外伤，涉及第三方"
    return "外伤，不涉及第三方" + ("，已签承诺书" if visit.is_promised else "，未签承诺书")


def _sum(visit: Visit, entries: Sequence[Settlement], *, is_over: bool) -> Sum | None:
    """The last settlement, also where it was taken back; before that what was shown last."""
    booked = next((e for e in reversed(entries) if e.sign > 0), None)
    undone = booked is not None and any(e.reverses_id == booked.pk for e in entries)
    if booked is not None and (is_over or not undone):
        title = "结算（已撤销）" if undone else "结算"
        kept = booked.breakdown | {"rules": booked.rules}
        return _as_sum(title, f"结算编号 {booked.setl_id}", kept)
    if visit.presettled:
        return _as_sum("预结算", "以结算为准，没有记账", visit.presettled)
    return None


def _as_sum(title: str, note: str, kept: Mapping[str, Any]) -> Sum:
    amounts = [(label, Decimal(kept.get(name, "0"))) for name, label in AMOUNTS.items()]
    return Sum(
        title=title,
        note=note,
        amounts=[(label, amount) for label, amount in amounts if amount],
        lines=[each | {"amount": Decimal(each["amount"])} for each in kept.get("explanation", ())],
        funds=[
            each | {"fund_payamt": Decimal(each["fund_payamt"])}
            for each in kept.get("setldetail", ())
        ],
        rules=[_rule(each) for each in kept.get("rules", ())],
        doubts=[each["text"] for each in kept.get("doubts", ())],
    )


def _rule(row: Mapping[str, Any]) -> Rule:
    words, kind = CERTAINTY.get(row.get("certainty", ""), (row.get("certainty", ""), "warn"))
    words = row.get("certainty_text") or words
    return Rule(
        label=row.get("label") or row.get("key", ""),
        value=str(row.get("value", "")),
        span=row.get("span", ""),
        source=row.get("source", ""),
        certainty=words,
        kind=kind,
        bears=bool(row.get("bears", True)),
    )


def _messages(case: Flow) -> list[Message]:
    """One statement."""
    events = Event.objects.filter(case_id=case.pk, data__has_key="infno").order_by("seq")
    return [
        Message(
            at=event.at,
            infno=event.data["infno"],
            name=MESSAGES.get(event.data["infno"], ""),
            msgid=event.data.get("msgid", ""),
            done=case.STEPS[event.step].done if event.step in case.STEPS else "登记",
        )
        for event in events
    ]
