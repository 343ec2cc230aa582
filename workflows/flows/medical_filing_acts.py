"""What the steps of 备案 do in the ledger of filings, in the step's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matters.medical.filing import FilingRefused, cancel, deem_filed, register
from matters.medical.filing.names import validity_words
from matters.medical.filing.places import NoPlace
from matters.medical.models import Filing
from matters.rules import RuleMissing
from tongban.templatetags.formats import zh_date
from workflows.cases.act import Act, Situation
from workflows.cases.forms import StepForm
from workflows.cases.models import Document
from workflows.cases.perform import InvalidData

from .medical_filing_facts import NOT_FOUND, Outlook, asked_in, cover_of, filing_of, outlook
from .review_steps import matter_lines

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

OPENED = "住院、普通门诊和门诊慢特病"


def outlook_of(situation: Situation, *, in_step: bool = False) -> Outlook:
    """What becomes of the case's application. Six statements at most."""
    asked = asked_in(situation.case.data)
    return outlook(situation.parties, asked, situation.today, in_step=in_step)


def file_now(case: Flow, act: Act) -> None:
    """Write the filing and its notice 备案告知单. Raises InvalidData with what forbids it by now."""
    try:
        filing = _filed(case, act)
    except (FilingRefused, NoPlace, RuleMissing) as refused:
        raise InvalidData(_refused_in_form(act, str(refused))) from None
    act.outcome = "done"
    content = matter_lines(case, act) | {
        "result": act.definition.result.name,
        "decision": "approved",
        "filing": _told(filing),
    }
    document = act.issue(Document.Kind.CONCLUSION, content)
    case.facts = {**case.facts, "filing": {"id": filing.pk, "number": document.number}}
    act.note(filing=document.number, validity=validity_words(filing))
    act.tell("concluded", document=document)


def give_up_filing(case: Flow, act: Act) -> None:
    """Raises InvalidData where it was locked or somebody was admitted this moment."""
    filing = filing_of(case)
    if filing is None:
        raise InvalidData(_refused_in_form(act, "没有找到这项备案"))
    try:
        cancel(filing_id=filing.pk, on=act.today, reason=act.data["reason"][:200])
    except FilingRefused as refused:
        raise InvalidData(_refused_in_form(act, refused.sentence)) from None
    case.facts = {**case.facts, "given_up_on": act.today.isoformat()}
    act.note(reason=act.data["reason"])
    act.tell("case_step", message=f"备案自{zh_date(act.today)}起取消；以后需要时可以重新备案。")


def _filed(case: Flow, act: Act) -> Filing:
    asked = asked_in(case.data)
    insured = cover_of(act.situation.parties, act.today)
    if insured is None:
        raise FilingRefused("not_found", NOT_FOUND)
    if asked.kind == Filing.Kind.EMERGENCY:
        return deem_filed(
            insured=insured,
            destination=asked.place,
            visit_key=asked.visit_key,
            on=case.handed_in_on,
            at=act.at,
        )
    return register(
        insured_id=insured.pk,
        kind=asked.kind,
        destination=asked.place,
        on_promise=asked.on_promise,
        on=act.today,
        since=case.handed_in_on,
        at=act.at,
        case_key=case.number,
        may_replace=asked.may_replace,
    )


def _told(filing: Filing) -> dict[str, Any]:
    """What the paper says of the filing. One statement for the place's name."""
    told: dict[str, Any] = {
        "kind": filing.get_kind_display(),
        "place": filing.destination.name,
        "validity": validity_words(filing),
        "opens": OPENED,
    }
    if filing.kind == Filing.Kind.EMERGENCY:
        told |= {"validity": "只对这一次就医有效", "opens": ""}
    if filing.locked_until is not None:
        told["lock"] = f"以告知承诺方式办理，{zh_date(filing.locked_until)}前不能变更或取消"
    return told


def _refused_in_form(act: Act, sentence: str) -> StepForm:
    asked = act.step.form if act.step.form and issubclass(act.step.form, StepForm) else StepForm
    form = asked(dict(act.data), situation=act.situation)
    form.full_clean()
    form.add_error(None, sentence)
    return form
