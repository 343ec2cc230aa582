"""申请人与代办: for whom, who I am, by what right, and who else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tongban.accounts.personal import mask_id_number, mask_phone
from workflows.cases.drafts import changing, sealed_party
from workflows.cases.models import Draft
from workflows.cases.opening import PartyInput

from .people import (
    KINDS,
    MOST_OTHERS,
    OnBehalf,
    Role,
    kind_of,
    kinds_for,
    people_of,
    problems_with_people,
)
from .people_forms import MeForm, OtherForm, PersonForm, WhoForm
from .work import CitizenRequest, Work, on_draft, posted

SECTION = "申请人"


@require_http_methods(["GET", "POST"])
@on_draft
def who(request: CitizenRequest, work: Work) -> HttpResponse:
    """For whom; a change of it asks anew by what right, and keeps the others."""
    kind = kind_of(work.draft)
    form = WhoForm(
        posted(request),
        kinds=kinds_for(work.matter),
        initial={"on_behalf": kind.code if kind else None},
    )
    if not form.is_valid():
        me = people_of(work.draft, request.user).me
        mine = [
            {"key": "姓名", "value": me.name},
            {"key": "身份证号", "value": mask_id_number(me.id_number)},
            {"key": "手机号", "value": mask_phone(me.phone)},
        ]
        return render(request, "portal/apply/who.html", {"work": work, "form": form, "mine": mine})
    chosen = KINDS[form.cleaned_data["on_behalf"]]
    with changing(work.draft, by=request.user, section=SECTION) as draft:
        _become(draft, request, kind_of(draft), chosen)
    return (
        _next_page(request, draft) if chosen.code == "self" else redirect("portal:person", draft.pk)
    )


def _become(draft: Draft, request: CitizenRequest, old: OnBehalf | None, new: OnBehalf) -> None:
    """I keep what I typed of myself; for whom and by what right is asked anew."""
    draft.answers["on_behalf"] = new.code
    if old == new:
        return
    kept = [p for p in draft.parties if p.get("is_other")]
    mine: dict[str, Any] = next((p for p in draft.parties if p.get("user") == request.user.pk), {})
    me = PartyInput(role=new.my_role, name=request.user.name, user=request.user)
    draft.parties = [
        sealed_party(me) | {name: mine.get(name, "") for name in ("id_number", "phone")},
        *kept,
    ]


@require_http_methods(["GET", "POST"])
@on_draft
def me(request: CitizenRequest, work: Work) -> HttpResponse:
    """My own ID number and phone, where the account has none or another one is to be used here."""
    mine = people_of(work.draft, request.user).me
    form = MeForm(posted(request), me=mine)
    if not form.is_valid():
        return render(request, "portal/apply/me.html", {"work": work, "form": form, "me": mine})
    typed = {name: form.cleaned_data[name] for name in ("id_number", "phone")}
    with changing(work.draft, by=request.user, section=SECTION) as draft:
        entry = _my_entry(draft, request)
        fresh = sealed_party(PartyInput(role=entry["role"], name=entry["name"], **typed))
        entry.update({name: fresh[name] for name in typed if typed[name]})
    return _next_page(request, draft)


@require_http_methods(["GET", "POST"])
@on_draft
def person(request: CitizenRequest, work: Work) -> HttpResponse:
    """The one it is for, and by what right I act."""
    kind = kind_of(work.draft)
    if kind is None or kind.code == "self":
        return redirect("portal:who", work.draft.pk)
    people = people_of(work.draft, request.user)
    form = PersonForm(
        posted(request),
        kind=kind,
        me=people.me,
        known=people.person,
        initial=_known(people.me, people.person),
    )
    if not form.is_valid():
        context = {"work": work, "form": form, "kind": kind}
        return render(request, "portal/apply/person.html", context)
    typed = form.cleaned_data
    with changing(work.draft, by=request.user, section=SECTION) as draft:
        entry = _my_entry(draft, request)
        entry.update(
            relation=typed["relation"],
            authority=typed["authority"],
            scope=typed.get("scope", []),
            expires_on=typed["expires_on"].isoformat() if typed.get("expires_on") else None,
        )
        whole = {name: typed[name] for name in ("name", "id_number", "phone")}
        applicant = sealed_party(PartyInput(role=Role.APPLICANT, **whole))
        others = [p for p in draft.parties if p.get("is_other")]
        draft.parties = [applicant, entry, *others]
    return _next_page(request, draft)


@require_http_methods(["GET", "POST"])
@on_draft
def others(request: CitizenRequest, work: Work) -> HttpResponse:
    """People besides the applicant and the one who acts; none is fine."""
    here = people_of(work.draft, request.user).others
    form = OtherForm(posted(request))
    if form.is_valid():
        _refuse_too_many(form, here)
    if not form.is_valid():
        context = {"work": work, "form": form, "rows": _other_rows(here)}
        return render(request, "portal/apply/others.html", context)
    with changing(work.draft, by=request.user, section="其他人员") as draft:
        draft.parties = [*draft.parties, sealed_party(_party(form)) | {"is_other": True}]
    messages.success(request, f"已添加{form.cleaned_data['name']}。")
    return redirect("portal:others", draft.pk)


@require_POST
@on_draft
def remove_other(request: CitizenRequest, work: Work, place: int) -> HttpResponse:
    """Take out the other person at that place of the list; nothing happens if there is none."""
    with changing(work.draft, by=request.user, section="其他人员") as draft:
        listed = [p for p in draft.parties if p.get("is_other")]
        if place < len(listed):
            draft.parties = [p for p in draft.parties if p is not listed[place]]
    return redirect("portal:others", draft.pk)


def _refuse_too_many(form: OtherForm, here: Sequence[PartyInput]) -> None:
    party = _party(form)
    if any(
        (p.role, p.name, p.id_number) == (party.role, party.name, party.id_number) for p in here
    ):
        form.add_error("name", "这个人已经添加过了")
    elif len(here) >= MOST_OTHERS:
        form.add_error(None, f"最多填写 {MOST_OTHERS} 人")


def _party(form: OtherForm) -> PartyInput:
    typed = form.cleaned_data
    return PartyInput(**{n: typed[n] for n in ("role", "name", "id_number", "phone", "relation")})


def _my_entry(draft: Draft, request: CitizenRequest) -> dict[str, Any]:
    """My own entry of a locked draft; made where there is none yet."""
    entry: dict[str, Any]
    for entry in draft.parties:
        if entry.get("user") == request.user.pk:
            return entry
    entry = sealed_party(PartyInput(role=Role.APPLICANT, name=request.user.name, user=request.user))
    draft.parties = [entry, *draft.parties]
    return entry


def _known(mine: PartyInput, applicant: PartyInput | None) -> dict[str, Any]:
    """What was filled in before."""
    known: dict[str, Any] = {"relation": mine.relation, "authority": mine.authority}
    known |= {"scope": list(mine.scope)} if mine.scope else {}
    known |= {"expires_on": mine.expires_on} if mine.expires_on else {}
    if applicant is not None:
        known["name"] = applicant.name
    return known


def _other_rows(people: Sequence[PartyInput]) -> list[dict[str, str]]:
    names = dict(Role.choices)
    return [
        {
            "role": names[party.role],
            "name": party.name,
            "id_number": mask_id_number(party.id_number),
            "phone": mask_phone(party.phone),
            "relation": party.relation,
        }
        for party in people
    ]


def _next_page(request: CitizenRequest, draft: Draft) -> HttpResponse:
    """My own gaps first, then the list of tasks."""
    mine = people_of(draft, request.user).me
    if not mine.id_number or not mine.phone:
        return redirect("portal:me", draft.pk)
    problems = problems_with_people(draft, request.user, timezone.localdate())
    if problems:
        messages.warning(request, f"{problems[0]}。")
    return redirect("portal:tasks", draft.pk)
