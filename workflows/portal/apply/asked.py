"""申请内容: the matter's own form, saved as it is filled in.

ID numbers, phones and bank cards that are known already never come back to the page in clear: the
page shows them masked, and a box that is left empty keeps what is known.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.forms.utils import ErrorDict
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from matters.catalogue.answers import MASKS
from matters.catalogue.doubts import doubts
from matters.catalogue.forms import MatterForm, form_for, opened_data, sealed_data
from tongban.accounts.models import User
from workflows.cases.drafts import changing, typed_again

from .asked_files import files_of, forget_files, put_away
from .asked_tables import imported, offer_tables
from .people import kind_of, people_of
from .situation import carried_answers, hide_carried
from .work import CitizenRequest, Work, on_draft

SECTION = "申请内容"
LATER = "later"
# Questions that the section about the people has answered, by their code: which attribute.
OF_PERSON = {
    "applicant_name": "name",
    "applicant_id": "id_number",
    "id_number": "id_number",
    "beneficiary_name": "name",
    "beneficiary_id": "id_number",
    "holder_name": "name",
    "holder_id": "id_number",
}
OF_COMPANY = {"enterprise_name": "name", "uscc": "id_number"}
OF_ME = {"phone": "phone", "agent_name": "name"}


@require_http_methods(["GET", "POST"])
@on_draft
def asked(request: CitizenRequest, work: Work) -> HttpResponse:
    """`保存并继续` saves when all is right; `先保存` keeps what is right and lets the rest wait."""
    if not work.definition.fields:
        return redirect("portal:tasks", work.draft.pk)
    if request.method != "POST":
        return _page(request, work, asked_form(work, request.user, None))
    refused = put_away(request, work)
    table = imported(request, work)
    form = asked_form(work, request.user, table.posted if table else request.POST)
    if form.asks_again:
        if table is not None:
            table.judge(form)
        return _page(request, work, form)
    for code, sentence in refused:
        if code in form.fields:
            form.add_error(code, sentence)
    is_later = LATER in request.POST
    if is_later or not form.errors:
        _save(request, work, form)
    if form.is_valid():
        for doubt in doubts(work.definition, form.cleaned_data):
            messages.warning(request, doubt)
        return redirect("portal:tasks", work.draft.pk)
    if is_later and _is_only_unfinished(form.errors):
        count = len(form.errors.keys() | form.newly_asked)
        messages.success(request, f"已保存，还有 {count} 项没有填写。")
        return redirect("portal:tasks", work.draft.pk)
    return _page(request, work, form)


def problems_with_answers(work: Work) -> list[str]:
    """How much of the form is open or no longer right."""
    typed = typed_again(work.definition, work.draft.data)
    count = len(form_for(work.definition, typed, files=files_of(work)).errors)
    return [f"还有 {count} 项需要填写或改正"] if count else []


def asked_form(work: Work, user: User, posted: QueryDict | None) -> MatterForm:
    """The form over what is kept in the draft and known of the people; errors as of `posted`."""
    known = _suggested(work, user) | opened_data(work.definition, work.draft.data)
    files = files_of(work)
    sealed = {
        field.code: MASKS[field.kind] for field in work.definition.fields if field.kind in MASKS
    }
    plain = {code: answer for code, answer in known.items() if code not in sealed}
    personal = {code: str(known[code]) for code in sealed if known.get(code)}
    if posted is None:
        form = form_for(work.definition, None, plain, files=files)
        offer_tables(form, work)
        hide_carried(form, work)
        _show_kept(form, work, {code: sealed[code](value) for code, value in personal.items()})
        return form
    personal = {code: v for code, v in personal.items() if _is_same_person(code, posted, plain)}
    typed = posted.copy()
    for code, value in personal.items():
        if not typed.get(code, "").strip() and f"drop_{code}" not in typed:
            typed[code] = value
    for code, value in carried_answers(work).items():
        typed[code] = value
    form = form_for(work.definition, typed, plain, files=files)
    offer_tables(form, work)
    hide_carried(form, work)
    _show_kept(form, work, {code: sealed[code](value) for code, value in personal.items()})
    form.full_clean()
    # The page shows again what was typed, and not what stood in for it.
    form.data = posted
    return form


def _page(request: CitizenRequest, work: Work, form: MatterForm) -> HttpResponse:
    return render(request, "portal/apply/asked.html", {"work": work, "form": form})


def _save(request: CitizenRequest, work: Work, form: MatterForm) -> None:
    """Keep what is right; what is not asked of somebody who answered so is not kept."""
    fresh = sealed_data(work.definition, form.cleaned_data)
    with changing(work.draft, by=request.user, section=SECTION) as draft:
        kept = {code: value for code, value in draft.data.items() if code not in form.hidden}
        draft.data = {**kept, **fresh}
    forget_files(work, form.hidden)


def _is_same_person(code: str, posted: QueryDict, plain: dict[str, Any]) -> bool:
    """Whether `mover_id` still belongs to whom `mover_name` names; another name asks for a number."""
    name = f"{code.removesuffix('_id')}_name"
    return not code.endswith("_id") or posted.get(name, "").strip() == str(plain.get(name) or "")


def _suggested(work: Work, user: User) -> dict[str, Any]:
    """What the people have said of themselves already."""
    kind = kind_of(work.draft)
    if kind is None:
        return {}
    people = people_of(work.draft, user)
    found = {code: getattr(people.me, name) for code, name in OF_ME.items()}
    if people.applicant is not None:
        codes = OF_COMPANY if kind.of_enterprise else OF_PERSON
        found |= {code: getattr(people.applicant, name) for code, name in codes.items()}
    asked_for = {field.code for field in work.definition.fields}
    return {code: value for code, value in found.items() if value and code in asked_for}


def _show_kept(form: MatterForm, work: Work, masked: dict[str, str]) -> None:
    order = list(form.fields)
    for code, shown in masked.items():
        if code not in form.fields:
            continue
        spec, field = work.definition.field(code), form.fields[code]
        is_needed, field.required = field.required, False
        field.help_text = f"已填：{shown}。不更改就不用填。{spec.help}"
        if not is_needed:
            drop = forms.BooleanField(label=f"删除已填的{spec.label}", required=False)
            form.fields[f"drop_{code}"] = drop
            order.insert(order.index(code) + 1, f"drop_{code}")
    form.order_fields(order)


def _is_only_unfinished(errors: ErrorDict) -> bool:
    """Nothing typed is wrong; something just is not there yet."""
    codes = {error.code for each in errors.as_data().values() for error in each}
    return codes <= {"required"}
