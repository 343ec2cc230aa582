"""What an office's system has to do, and one case as it may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone

from matters.catalogue.forms import masked_rows
from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import Actor
from tongban.offices.models import Office
from workflows.cases.access import visible_to
from workflows.cases.act import Situation
from workflows.cases.declarations import Step
from workflows.cases.situations import situation_for
from workflows.cases.verdicts import why_not

from .problems import Problem, not_found

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

MOST = 100
# What the engine keeps for itself among the facts of a case.
OWN_FACTS = ("offer", "in_short", "letter", "sheet", "sent", "permit_number", "certificate_number")


def office_in(actor: Actor, code: str) -> Office:
    """One of the system's own offices. Raises Problem."""
    office = Office.objects.filter(pk__in=sorted(actor.desks), code=code).first()
    if office is None:
        raise Problem(404, "no_office", "没有这个机构，或您的系统不属于它")
    return office


def work_of(
    actor: Actor, office: Office, *, after: int, limit: int
) -> tuple[list[Flow], int | None]:
    """Open cases that wait for the office, in the order of their coming; where the next page begins.

    One statement.
    """
    rows = visible_to(actor).filter(holder_office=office, closed_at=None, pk__gt=after)
    size = min(max(limit, 1), MOST)
    found = [
        cast("Flow", case) for case in rows.select_related("matter").order_by("pk")[: size + 1]
    ]
    return found[:size], found[size - 1].pk if len(found) > size else None


def situation_in(actor: Actor, number: str) -> Situation:
    """The case before this system. Raises Problem where it has no part in it. Two statements."""
    case = visible_to(actor).select_related("matter").filter(number=number).first()
    if case is None:
        raise not_found()
    return situation_for(case, actor, timezone.now())


def line_of(case: Flow, office: str) -> dict[str, Any]:
    return {
        "number": case.number,
        "matter": case.matter.name,
        "state": case.state,
        "state_label": case.state_label(definition_of(case.version_id)),
        "seq": case.seq,
        "office": office,
        "opened_at": case.opened_at,
        "due_at": case.due_at or case.hop_due_at,
    }


def case_of(situation: Situation) -> dict[str, Any]:
    """The case as its office's system may read it. Three statements, and those of the steps' forms."""
    case, actor, definition = situation.case, situation.actor, situation.definition
    own = next((i for i in case.office_ids if i in actor.desks), None)
    office = Office.objects.filter(pk=own or 0).values_list("code", flat=True).first() or ""
    verdicts = why_not(situation)
    rows = masked_rows(definition, case.data)
    return line_of(case, office) | {
        "answers": [{"field": row.field, "label": row.label, "value": row.shown} for row in rows],
        "papers": [
            {"code": paper.code, "name": paper.name, "status": paper.get_status_display()}
            for paper in case.materials.all()
        ],
        "facts": {key: case.facts[key] for key in OWN_FACTS if key in case.facts},
        "steps": [step_of(situation, v.step) for v in verdicts if v.allowed],
        "refused": [
            {
                "step": v.step.code,
                "label": v.step.label,
                "reasons": [reason.text for reason in v.reasons],
                "who": v.who,
            }
            for v in verdicts
            if not v.allowed
        ],
    }


def step_of(situation: Situation, step: Step) -> dict[str, Any]:
    form = step.form(situation=situation) if step.form else None  # type: ignore[call-arg]
    fields = form.fields.items() if form else ()
    return {"step": step.code, "label": step.label, "fields": [field_of(n, f) for n, f in fields]}


def field_of(name: str, field: forms.Field) -> dict[str, Any]:
    return {
        "name": name,
        "label": str(field.label or name),
        "required": field.required,
        "choices": [(str(code), str(words)) for code, words in getattr(field, "choices", ())],
        "help": str(field.help_text),
    }
