"""Sessions of 联席核验: today's and the coming ones of both sides, and the page of one.

Nothing is written here: what is decided in a session are steps of its case.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from matters.catalogue.claims import claims_of
from tongban.accounts.actors import Actor
from tongban.accounts.personal import mask_name
from workflows.cases.act import Situation
from workflows.cases.declarations import Step
from workflows.cases.flow import Flow
from workflows.cases.models import JointSession, Material
from workflows.cases.places import office_cards
from workflows.cases.situations import situation_for
from workflows.cases.verdicts import Verdict, verdict

from ..door import cases_at_desk, for_staff

MOST = 100
STATUS = JointSession.Status
KINDS: dict[str, str] = {
    STATUS.BOOKED: "info", STATUS.DONE: "good", STATUS.MISSED: "warn", STATUS.CANCELLED: ""
}  # fmt: skip
# What is decided in a session, in this order; and what ends it without a word on the papers.
DECISIONS = ("check_together", "list_missing_together")
ENDINGS = ("miss_together", "cancel_together")


@dataclass(frozen=True)
class Row:
    """A session in the list. at_window: it is this office's applicant who comes."""

    session: JointSession
    applicant: str
    window: str
    owner: str
    is_today: bool
    at_window: bool
    state: str
    kind: str


@dataclass(frozen=True)
class Decision:
    """A step that can be taken now, with its form."""

    step: Step
    form: Form


@for_staff
@require_safe
def sessions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """From today on, at my offices, on either side. One statement besides the names of offices."""
    today = timezone.localdate()
    begins = dt.datetime.combine(today, dt.time.min, timezone.get_current_timezone())
    offices = sorted(actor.desks)
    found = list(
        JointSession.objects.filter(
            Q(collector__in=offices) | Q(owner__in=offices), starts_at__gte=begins
        )
        .exclude(status=STATUS.CANCELLED)
        .select_related("case__matter", "clerk")
        .order_by("starts_at", "id")[:MOST]
    )
    cards = office_cards(i for each in found for i in (each.collector_id, each.owner_id))
    rows = [
        Row(
            session=each,
            applicant=mask_name(each.case.applicant_name),
            window=cards[each.collector_id].name,
            owner=cards[each.owner_id].name,
            is_today=timezone.localdate(each.starts_at) == today,
            at_window=each.collector_id in actor.desks,
            state=_state_of(each),
            kind=KINDS[each.status],
        )
        for each in found
    ]
    return render(request, "desk/joint/list.html", {"rows": rows})


@for_staff
@require_safe
def session(request: HttpRequest, actor: Actor, key: uuid.UUID) -> HttpResponse:
    """One session beside the papers. 404 for whoever may not see its case.

    Six statements besides the frame's, and two for the forms of whoever decides.
    """
    seen = cases_at_desk(actor).select_related("matter", "claimed_by")
    booked = JointSession.objects.filter(pk=key).select_related("clerk", "booked_by").first()
    case = seen.filter(pk=booked.case_id).first() if booked is not None else None
    if booked is None or case is None:
        raise Http404
    situation = situation_for(cast(Flow, case), actor)
    is_open = booked.status == STATUS.BOOKED
    verdicts = {code: _verdict(situation, code) for code in (*DECISIONS, *ENDINGS)}
    cards = office_cards((booked.collector_id, booked.owner_id))
    context: dict[str, Any] = {
        "session": booked,
        "case": case,
        "token": case.seq,
        "applicant": mask_name(case.applicant_name),
        "window": cards[booked.collector_id],
        "owner": cards[booked.owner_id],
        "state": _state_of(booked),
        "kind": KINDS[booked.status],
        "is_open": is_open,
        "points": _points(situation, booked),
        "papers": list(Material.objects.filter(case_id=case.pk)),
        "decisions": [
            Decision(v.step, form)
            for code in DECISIONS
            if is_open and (v := verdicts[code]) and v.allowed
            for form in [_form(v.step, situation)]
        ],
        "endings": [v.step for code in ENDINGS if is_open and (v := verdicts[code]) and v.allowed],
        "waits": _why_not_yet(verdicts["check_together"]) if is_open else "",
    }
    return render(request, "desk/joint/session.html", context)


def _state_of(session: JointSession) -> str:
    """已预约, 核验通过, 未到场…"""
    return session.get_outcome_display() if session.outcome else session.get_status_display()


def _verdict(situation: Situation, code: str) -> Verdict | None:
    """None where the case was moved to a flow that has no such step."""
    step = situation.case.STEPS.get(code)
    return verdict(situation, step) if step is not None else None


def _form(step: Step, situation: Situation) -> Form:
    if step.form is None:
        raise LookupError(f"{step.code} has no form")
    # Ids of its own: both forms stand on one page.
    return step.form(situation=situation, auto_id=f"{step.code}-%s")  # type: ignore[call-arg]


def _why_not_yet(found: Verdict | None) -> str:
    """Why nothing can be decided now, and by whom it could."""
    if found is None or found.allowed:
        return ""
    return f"{found.reasons[0].text}。核验结论由{found.who}作出。"


def _points(situation: Situation, session: JointSession) -> list[str]:
    """收件要点: the matter's, then those of the office that looks. One statement."""
    claim = claims_of([session.owner_id], situation.case.matter_id).get(session.owner_id)
    return list(
        dict.fromkeys([*situation.definition.checklist, *(claim.checklist if claim else [])])
    )
