"""Where a case stands, in plain words: what it is waiting for, who has it, what the person has to do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from workflows.cases.declarations import APPLICANT
from workflows.cases.flow import Flow
from workflows.cases.main_path import ahead
from workflows.cases.models import Suspension
from workflows.cases.places import OfficeCard, office_cards

from .door import Visit
from .people import Offer

OUTCOMES = {
    "done": ("已办结", "good", "办理结果见下面的文书。"),
    "disapproved": ("未获批准", "bad", "理由和不服决定怎么办，写在决定书里。"),
    "refused": ("不予受理", "bad", "理由和不服决定怎么办，写在决定书里。"),
    "returned": ("已退件", "bad", "理由见下面的办理经过。补齐后可以重新申请。"),
    "withdrawn": ("已撤回", "", "申请已按您的意思撤回。仍要办理的，可以重新申请。"),
}
ASKED_TO_RATE = dt.timedelta(days=30)


@dataclass(frozen=True)
class Todo:
    """What the person is asked to do now. kind: of the box, 'warning' where the case waits for it."""

    kind: str
    title: str
    text: str
    steps: tuple[Offer, ...]


@dataclass(frozen=True)
class Standing:
    """kind: of the tag. todo: None where the person only waits.

    office: where the case is; None once it is closed, or at the applicant's: then `office_after`
    goes on with it.
    """

    label: str
    kind: str
    sentence: str
    todo: Todo | None
    office: OfficeCard | None
    at_applicant: bool
    office_after: OfficeCard | None


def standing_of(visit: Visit, can: list[Offer]) -> Standing:
    """No SQL while the office is known."""
    case = visit.case
    label, kind, sentence = _words(visit)
    at_applicant = case.is_open and case.holder == APPLICANT
    # What is concluded and only kept with the person waits for nobody.
    at_applicant = at_applicant and case.current.counts_as != "concluded"
    todo = _todo(visit, can)
    if todo is not None and case.is_open and not (at_applicant or case.current.hint):
        sentence = "办理机构正在办理；每有进展都会通知您。"
    return Standing(
        label=label,
        kind=kind,
        sentence=sentence,
        todo=todo,
        office=_office(case),
        at_applicant=at_applicant,
        office_after=_office_after(visit) if at_applicant else None,
    )


def tag_of(case: Flow, label: str) -> tuple[str, str]:
    """(words, kind) of a case's tag in a list."""
    if case.is_open:
        return label, "warn" if case.current.hint else "info"
    words, kind, _ = OUTCOMES.get(case.outcome, (label, "", ""))
    return words, kind


def wants_rating(case: Flow, now: dt.datetime) -> bool:
    """Concluded not long ago and not rated yet."""
    ended = case.concluded_at
    return ended is not None and now - ended < ASKED_TO_RATE and "rating" not in case.facts


def _words(visit: Visit) -> tuple[str, str, str]:
    case = visit.case
    if not case.is_open:
        return OUTCOMES.get(case.outcome, (case.current.name, "", ""))
    label, kind = tag_of(case, case.state_label(visit.definition))
    if case.suspended_as == Suspension.Kind.SPECIAL:
        return label, "info", "正在进行特别程序，所需时间不计入办理时限。您暂时不用做什么。"
    if case.suspended_as == Suspension.Kind.INQUIRY:
        return label, kind, "正在请另一地协查，所需时间不计入办理时限。您暂时不用做什么。"
    if case.holder == APPLICANT and case.suspended_as == Suspension.Kind.SUPPLEMENT:
        return label, kind, "办理机构在等申请人补正，补正期间不计入办理时限。"
    if case.current.says:
        is_over = case.current.counts_as == "concluded"
        return label, "good" if is_over else kind, case.current.says
    if case.holder == APPLICANT and case.concluded_at is not None:
        is_over = case.current.counts_as == "concluded"
        return label, "good" if is_over else kind, f"{case.current.hint}。"
    if case.holder == APPLICANT:
        return label, kind, "正在等您选择，机构暂时不办。"
    if case.current.hint:
        return label, kind, ""
    return label, kind, "办理机构正在办理，您暂时不用做什么；每有进展都会通知您。"


def _todo(visit: Visit, can: list[Offer]) -> Todo | None:
    case = visit.case
    if case.is_open and case.current.hint:
        # 撤回, 咨询 and 评价 are always there; what is left answers the state itself.
        own = tuple(o for o in can if not case.STEPS[o.code].is_aside and o.tone != "warning")
        if own or case.holder != APPLICANT:
            return Todo("warning", "现在需要您办理", f"{case.current.hint}。", own)
        return None
    own = tuple(o for o in can if o.tone == "primary" and not case.STEPS[o.code].is_aside)
    if case.is_open and own:
        # An office has the case, and the person may go on already: an offer to choose, a part to file again.
        return Todo("info", "您现在可以", f"{own[0].label}。", own)
    rate = tuple(o for o in can if o.code == "rate")
    if rate and not case.is_open and wants_rating(case, visit.now):
        return Todo("info", "办得怎么样？", "请您评价，两地会据此改进。", rate)
    return None


def _office(case: Flow) -> OfficeCard | None:
    office_id = case.holder_office_id
    if not case.is_open or office_id is None:
        return None
    return office_cards([office_id]).get(office_id)


def _office_after(visit: Visit) -> OfficeCard | None:
    coming = ahead(visit.case, visit.definition)
    office_id = visit.case.office_of(coming[0].seat) if coming else None
    return office_cards([office_id]).get(office_id) if office_id else None
