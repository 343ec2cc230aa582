"""Steps of acceptance and review 受理与审查, shared by the flows in which an office decides.

A flow that mixes these in has the states `received`, `reviewing`, `supplementing`, `refused`,
`returned` and `withdrawn`; `received` and `reviewing` are held by the seat of the case's stage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matters.catalogue.definition import Definition, Limit
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import (
    ANY_SEAT,
    APPLICANT,
    HOLDER,
    HOP,
    OWNER,
    PROMISE,
    STATUTORY,
    TIMER,
    Guard,
    Next,
    State,
    Step,
    step,
)
from workflows.cases.forms import ReasonForm
from workflows.cases.material_files import file_under
from workflows.cases.models import Document, Material, Suspension

from .review_forms import (
    SpecialProcedureForm,
    SupplementDemandForm,
    SupplementForm,
)
from .special_procedures import end_of, has_special, in_words, procedures_at, special_lasted

# 补正 is the same stay in every flow: the applicant's time runs from service 送达.
SUPPLEMENTING = State(
    "supplementing",
    "待补正",
    APPLICANT,
    limit="supplement",
    limit_from="service",
    hint="请按告知书一次补齐材料",
)

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

    # At run time a plain class: a model among its bases would be a table of its own.
    Base = Flow
else:
    Base = object

BEFORE_DECISION = ("received", "supplementing", "reviewing")


def _not_extended(situation: Situation) -> bool:
    return not situation.case.clocks.get(STATUTORY, {}).get("extra")


def _in_time(situation: Situation) -> bool:
    due_at = situation.case.statutory_due_at
    return due_at is not None and situation.at < due_at


def _supplement_overdue(situation: Situation) -> bool:
    due_at = situation.case.hop_due_at
    return due_at is not None and situation.at >= due_at


in_special = Guard(
    "in_special",
    "办件不在特别程序中",
    lambda s: s.case.suspended_as == Suspension.Kind.SPECIAL,
)
may_extend = Guard(
    "may_extend", "该事项的法定依据没有规定延期", lambda s: s.definition.extension is not None
)
extended_once = Guard("extended_once", "只能延期一次", _not_extended)
before_expiry = Guard("before_expiry", "只能在法定期限届满前延期", _in_time)
supplement_overdue = Guard("supplement_overdue", "补正期限尚未届满", _supplement_overdue)


def _deemed_after(definition: Definition) -> Limit | None:
    """Only where the version cites the law that says so (行政许可法 32(4))."""
    return definition.deemed_acceptance.limit if definition.deemed_acceptance else None


class ReviewSteps(Base):
    @step("受理", source="received", target="reviewing", by=HOLDER, done="已受理",
          counts_as="accepted", notice="accepted", tone="primary", for_many=True)  # fmt: skip
    def accept(self, act: Act) -> None:
        """The deciding office takes the case on; the statutory clock begins. One statement."""
        self.accepted_on = act.today
        document = act.issue(Document.Kind.ACCEPTANCE, matter_lines(self, act))
        act.tell("accepted", document=document)

    @step("视为受理", source="received", target="reviewing", by=TIMER, done="逾期视为受理",
          counts_as="accepted", notice="deemed_accepted", after=_deemed_after)  # fmt: skip
    def deem_accepted(self, act: Act) -> None:
        """Silence: accepted from the day of receipt, by the law that the version cites. One statement."""
        cited = act.definition.deemed_acceptance
        self.accepted_on = self.received_on
        lines = matter_lines(self, act) | {"basis": cited.basis if cited else ""}
        document = act.issue(Document.Kind.ACCEPTANCE, lines)
        act.note(basis=lines["basis"])
        act.tell("deemed_accepted", document=document)

    @step("不予受理", source="received", target="refused", by=HOLDER, form=ReasonForm,
          tone="warning")  # fmt: skip
    def refuse(self, act: Act) -> None:
        """A written decision with its reason and the person's remedies (行政许可法 32(5), 38). One statement."""
        act.outcome = "refused"
        document = act.issue(Document.Kind.NOT_ACCEPTED, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("refused", document=document, reason=act.data["reason"])

    @step("要求补正", source=("received", "reviewing"), target="supplementing", by=HOLDER,
          form=SupplementDemandForm, done="已一次性告知补正")  # fmt: skip
    def require_supplement(self, act: Act) -> None:
        """One complete list; the person's time begins at 送达, the office's clocks stop now. Three statements."""
        ask_for_papers(self, act)

    @step("提交补正", source="supplementing", target=Next(("received", "reviewing")),
          by=(APPLICANT, ANY_SEAT), form=SupplementForm, right="supplement",
          while_suspended=True, notice="supplemented", tone="primary")  # fmt: skip
    def supplement(self, act: Act) -> str:
        """The missing papers are there; the clocks run on. Four statements, and the form's two."""
        return papers_are_there(self, act)

    def usually(self, taken: Step, definition: Definition) -> str:
        """After a supplement the case goes back to where it was asked for."""
        if taken.code == "supplement":
            return str(self.facts.get("supplement_from", "received"))
        return super().usually(taken, definition)

    @step("逾期未补正，退件", source="supplementing", target="returned", by=OWNER,
          form=ReasonForm, guards=(supplement_overdue,), while_suspended=True,
          done="逾期未补正，已退件", tone="warning")  # fmt: skip
    def give_up(self, act: Act) -> None:
        act.outcome = "returned"
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"因逾期未补正，办件已退回：{act.data['reason']}")

    @step("启动特别程序", source="reviewing", by=HOLDER, form=SpecialProcedureForm,
          guards=(has_special,), done="已启动特别程序")  # fmt: skip
    def start_special(self, act: Act) -> None:
        """Hearing, inspection, expert review…: not counted, and told in writing (行政许可法 45). Two statements."""
        begin_special(self, act)

    @step("结束特别程序", source="reviewing", by=HOLDER, form=ReasonForm,
          guards=(in_special, special_lasted), while_suspended=True, done="特别程序已结束",
          notice="resumed")  # fmt: skip
    def end_special(self, act: Act) -> None:
        """One statement."""
        finish_special(self, act)

    @step("延长办理期限", source="reviewing", by=HOLDER, form=ReasonForm, head_only=True,
          guards=(may_extend, extended_once, before_expiry), done="已延长办理期限")  # fmt: skip
    def extend(self, act: Act) -> None:
        """Once, by the head, before the limit runs out, the reason told (行政许可法 42). One statement."""
        granted = act.definition.extension
        if granted is None:  # the guard has seen to it
            raise LookupError("no extension in this version")
        for clock in (HOP, PROMISE, STATUTORY):
            # Units never mix: a stay counted in other days keeps its own limit.
            if str(self.clocks.get(clock, {}).get("limit", "")).endswith(granted.limit.unit):
                act.extend(clock=clock, limit=granted.limit, reason=act.data["reason"])
        facts = {"limit": granted.limit.text, "basis": granted.basis, "reason": act.data["reason"]}
        document = act.issue(Document.Kind.EXTENSION, matter_lines(self, act) | facts)
        act.note(**facts)
        act.tell("extended", document=document, reason=act.data["reason"])

    @step("撤回申请", source=BEFORE_DECISION, target="withdrawn", by=APPLICANT, right="withdraw",
          form=ReasonForm, while_suspended=True, done="已撤回申请", notice="withdrawn",
          tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])


def ask_for_papers(case: Flow, act: Act) -> None:
    """Tell the person in writing all that is missing; the case comes back to where it stands now.

    Three statements: the suspension, the document, the papers now owed.
    """
    items, reason = act.data["items"], act.data["reason"]
    nth = case.facts.get("supplements", 0) + 1
    case.facts = {**case.facts, "supplements": nth, "supplement_from": case.state}
    act.suspend(kind=Suspension.Kind.SUPPLEMENT, reason=reason)
    limit = act.definition.supplement
    content = matter_lines(case, act) | {
        "items": items,
        "reason": reason,
        "limit": limit.text if limit else "未公布",
    }
    document = act.issue(Document.Kind.SUPPLEMENT, content, starts_limit=True)
    Material.objects.bulk_create(
        Material(
            case_id=case.pk,
            code=f"bz{nth}_{i}",
            name=name,
            status=Material.Status.OWED,
            asked_by_supplement=True,
        )
        for i, name in enumerate(items, 1)
    )
    act.note(items=items, reason=reason, nth=nth)
    act.tell("supplement_required", document=document, items=items, reason=reason)


def papers_are_there(case: Flow, act: Act) -> str:
    """Take in what was asked for; the clocks run on. Where the case goes back to. Four statements."""
    papers = act.data["items"]
    ids = [paper.pk for paper in papers]
    Material.objects.filter(pk__in=ids).update(
        status=Material.Status.HANDED_IN, handed_in_at=act.at
    )
    files = file_under(case_id=case.pk, papers=papers)
    act.resume()
    names = [paper.name for paper in papers]
    act.note(items=names, note=act.data["note"], files=[file.sha256 for file in files])
    back: str = case.facts["supplement_from"]
    return back


def begin_special(case: Flow, act: Act) -> None:
    """Stop the clocks for a special procedure and say so in writing. Two statements."""
    chosen = next(p for p in procedures_at(act.situation) if p.name == act.data["procedure"])
    lasts = chosen.lasts
    act.suspend(
        kind=Suspension.Kind.SPECIAL,
        reason=act.data["reason"],
        basis=chosen.basis,
        limit=str(lasts) if lasts else "",
    )
    until = end_of(lasts, act).isoformat() if lasts else None
    case.facts = {**case.facts, "special_until": until}
    words = in_words(chosen)
    facts = {"procedure": words, "basis": chosen.basis, "reason": act.data["reason"]}
    document = act.issue(Document.Kind.SPECIAL, matter_lines(case, act) | facts)
    act.note(**facts)
    act.tell("suspended", document=document, reason=f"{words}（{chosen.basis}）")


def finish_special(case: Flow, act: Act) -> None:
    """The clocks run on. One statement."""
    act.resume()
    case.facts = {**case.facts, "special_until": None}
    act.note(result=act.data["reason"])


def next_stage(case: Flow, act: Act) -> str | None:
    """Move to the stage after the present one; None when it was the last."""
    codes = [stage.code for stage in act.definition.stages]
    position = codes.index(case.stage)
    if position + 1 == len(codes):
        return None
    case.stage = codes[position + 1]
    return case.stage


def first_stage(definition: Definition) -> str:
    return definition.stages[0].code


def matter_lines(case: Flow, act: Act) -> dict[str, object]:
    """What every document says of its case. The applicant stands by name: it is a paper to them."""
    return {
        "applicant": case.applicant_name,
        "matter": case.matter.name,
        "number": case.number,
        "handed_in_on": case.handed_in_on.isoformat(),
        "on": act.today.isoformat(),
    }


def with_remedies(case: Flow, act: Act) -> dict[str, object]:
    remedies = act.definition.remedies
    return matter_lines(case, act) | {
        "reason": act.data["reason"],
        "remedies": remedies.model_dump() if remedies else None,
        "legal_basis": list(act.definition.legal_basis),
    }
