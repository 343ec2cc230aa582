"""The pages of a visit before the sheet: which matter, and for whom."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from tongban.accounts.identity import compact
from workflows.cases.drafts import discard

from ..door import cases_at_desk
from .forms import BehalfForm, IdentifyForm
from .intake import turned_to
from .matters import DIGITS, KEYS, found, most_used, plain
from .people import Person, drafts_of, open_cases, people_of
from .visits import Role, Visit, begin, keep, on_behalf, visit_of
from .windows import Window, at_window

GONE = "这次接待已经结束，请重新刷身份证。"
CARD = re.compile(r"[0-9]{17}[0-9X]")


def visit_or_away(
    request: HttpRequest, window: Window, key: uuid.UUID
) -> Visit | HttpResponseRedirect:
    """The visit; or the way to the case it became, or back to the start. Two statements."""
    if cases_at_desk(window.actor).filter(draft_key=key).exists():
        return redirect("desk:handed_in", key)
    visit = visit_of(request.session, window.actor, key)
    if visit is None or visit.office_id not in {office.pk for office in window.offices}:
        messages.warning(request, GONE)
        return redirect("desk:counter")
    return visit


def choosing(request: HttpRequest, window: Window, visit: Visit) -> HttpResponse:
    """Which matter: the office's own first, or what was searched for."""
    words = plain(request.GET.get("q", ""))
    if words and not DIGITS.search(words):
        choices, are_neighbours = found(words, office_of(window, visit))
    else:
        words, are_neighbours = "", False
        choices = most_used(office_of(window, visit))
    context = {"choices": choices, "words": words, "are_neighbours": are_neighbours}
    return render(request, "desk/counter/choose.html", context | about(window, visit))


def about(
    window: Window, visit: Visit, people: tuple[Person, Person] | None = None
) -> dict[str, Any]:
    """Who is here and what this office has of them. Five statements at most."""
    if people is None:
        present, applicant = people_of(visit.id_number, visit.applicant_id)
    else:
        present, applicant = people
    drafts = drafts_of(visit.office_id, visit.indexes)
    return {
        "window": window,
        "visit": visit,
        "office": office_of(window, visit),
        "present": present,
        "applicant": applicant,
        "role": Role(visit.role).label,
        "cases": open_cases(window.actor, visit.indexes),
        "drafts": [line for line in drafts if line.draft.pk != visit.key],
    }


def office_of(window: Window, visit: Visit) -> Any:
    return next(office for office in window.offices if office.pk == visit.office_id)


@at_window
@require_POST
def choose(request: HttpRequest, window: Window, key: uuid.UUID) -> HttpResponse:
    """What was typed into the box: a digit for a line of the list, words, or the next person's card.

    The lines that were shown come along, so that a digit means what the clerk saw.
    """
    visit = visit_or_away(request, window, key)
    if not isinstance(visit, Visit):
        return visit
    typed = plain(request.POST.get("q", ""))
    here = reverse("desk:visit", args=[key])
    if CARD.fullmatch(compact(typed)):
        return _next_card(request, window, typed, here)
    shown = request.POST.getlist("shown")[:KEYS]
    if re.fullmatch("[1-9]", typed) and int(typed) <= len(shown):
        return redirect(f"{here}?{urlencode({'matter': shown[int(typed) - 1]})}")
    if not typed or DIGITS.search(typed):
        if typed:
            messages.error(request, "请输入事项名称，不要输入证件号码。")
        return redirect(f"{here}?choose=1")
    choices, are_neighbours = found(typed, office_of(window, visit))
    if len(choices) == 1 and not are_neighbours:
        return redirect(f"{here}?{urlencode({'matter': choices[0].slug})}")
    return redirect(f"{here}?{urlencode({'choose': '1', 'q': typed[:60]})}")


def _next_card(request: HttpRequest, window: Window, typed: str, here: str) -> HttpResponse:
    form = IdentifyForm({"id_number": typed})
    if not form.is_valid():
        messages.error(request, str(form.errors["id_number"][0]))
        return redirect(f"{here}?choose=1")
    number = form.cleaned_data["id_number"]
    key = begin(request.session, office_id=window.office.pk, id_number=number)
    messages.info(request, "读到一张身份证，已换到这个人。")
    return redirect("desk:visit", key)


@at_window
@require_http_methods(["GET", "POST"])
def behalf(request: HttpRequest, window: Window, key: uuid.UUID) -> HttpResponse:
    """For somebody else: read the applicant's card too. `self` in the POST: for themselves again."""
    visit = visit_or_away(request, window, key)
    if not isinstance(visit, Visit):
        return visit
    matter = plain(request.GET.get("matter", ""))[:80]
    back = reverse("desk:visit", args=[key]) + (
        f"?{urlencode({'matter': matter})}" if matter else ""
    )
    if "self" in request.POST:
        return _turn(request, window, on_behalf(visit, role=Role.APPLICANT, for_id=""), back)
    form = BehalfForm(request.POST if request.method == "POST" else None, present=visit.id_number)
    if form.is_valid():
        return _turn(request, window, on_behalf(visit, **form.cleaned_data), back)
    context = {"form": form, "back": back, "matter": matter} | about(window, visit)
    return render(request, "desk/counter/behalf.html", context)


def _turn(request: HttpRequest, window: Window, visit: Visit, back: str) -> HttpResponse:
    if visit.draft is not None:
        turned_to(visit.draft, visit, by=window.user)
    else:
        keep(request.session, visit)
    return redirect(back)


@at_window
@require_POST
def again(request: HttpRequest, window: Window, key: uuid.UUID) -> HttpResponse:
    """The same person with another matter: a visit of its own."""
    visit = visit_of(request.session, window.actor, key)
    if visit is None:
        messages.warning(request, GONE)
        return redirect("desk:counter")
    fresh = begin(request.session, office_id=visit.office_id, id_number=visit.id_number)
    return redirect("desk:visit", fresh)


@at_window
@require_POST
def throw_away(request: HttpRequest, window: Window, key: uuid.UUID) -> HttpResponse:
    """Delete a draft of this office with its scans."""
    visit = visit_or_away(request, window, key)
    if not isinstance(visit, Visit):
        return visit
    if visit.draft is not None:
        discard(draft=visit.draft)
        messages.success(request, "草稿已删除。")
    return redirect("desk:counter")
