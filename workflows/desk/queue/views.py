"""The pages of the desk's lists."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tongban.accounts.actors import Actor
from workflows.cases.places import office_cards

from ..door import for_staff
from ..lists_beside import lists_beside
from .batch import MOST
from .counts import Count, counts_of
from .enquiries import enquiries_page
from .filters import QueueFilters, matter_choices
from .keyset import PAGE_SIZE, Page, Place, page_of
from .next_case import next_case
from .rows import found_rows, rows_of
from .search import MOST_FOUND, NumberForm, found_by
from .tabs import ENQUIRIES, MINE, OFFICE, TABS, queues_of

MOST_NAMES = 2  # of a head's many offices, above the list


@for_staff
@require_safe
def queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One tab of the desk. At most twelve statements, whatever the rows."""
    now = timezone.now()
    counts = counts_of(actor)
    tab = request.GET.get("view", "")
    if tab not in TABS:
        # Nobody's morning should begin with an empty page while the office has work.
        tab = MINE if counts[MINE].number else OFFICE
    enquiries = tab == ENQUIRIES
    listed = (
        enquiries_page(actor, request.GET, now) if enquiries else _listed(request, actor, tab, now)
    )
    return render(request, "desk/queue.html", listed | frame(actor, tab, counts))


@for_staff
@require_safe
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Cases by number, open and closed; exactly one is opened at once."""
    form = NumberForm(request.GET)
    context = frame(actor, "", counts_of(actor)) | {"number_form": form, "form": form}
    if form.is_valid():
        found = found_by(form.cleaned_data["q"], actor)[: MOST_FOUND + 1]
        rows = found_rows(found, actor, timezone.now())
        if len(rows) == 1:
            return HttpResponseRedirect(reverse("desk:case", args=[rows[0].number]))
        context |= {"rows": rows[:MOST_FOUND], "has_more": len(rows) > MOST_FOUND}
    return render(request, "desk/search.html", context)


@for_staff
@require_safe
def go_to_next(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Opens the next case, `?from=` the one that is open now."""
    current = request.GET.get("from", "")
    case = next_case(actor, current=current if current.isdecimal() else "")
    if case is not None:
        return HttpResponseRedirect(reverse("desk:case", args=[case.number]))
    messages.info(request, "没有其他等您办理的件了。")
    return HttpResponseRedirect(reverse("desk:queue"))


def frame(actor: Actor, tab: str, counts: Mapping[str, Count]) -> dict[str, Any]:
    """What every list shows around itself."""
    return {
        "tab": tab,
        "tab_name": TABS.get(tab, "查找结果"),
        "tabs": [
            {
                "href": f"{reverse('desk:queue')}?view={code}",
                "text": name,
                "count": counts[code].number,
                "more": counts[code].more,
                "current": code == tab,
            }
            for code, name in TABS.items()
        ],
        "has_desk": bool(actor.desks),
        "office_names": _where(actor),
        "lists_beside": lists_beside(actor),
        "number_form": NumberForm(),
    }


def _where(actor: Actor) -> str:
    """The offices whose work is listed: by name while a line can hold them."""
    names = [card.name for card in office_cards(actor.desks).values()]
    more = f"等 {len(names)} 个单位" if len(names) > MOST_NAMES else ""
    return "、".join(names[:MOST_NAMES]) + more


def _listed(request: HttpRequest, actor: Actor, tab: str, now: dt.datetime) -> dict[str, Any]:
    filters = QueueFilters(
        request.GET, tab=tab, matters=matter_choices(tab, actor), auto_id="filter_%s"
    )
    page = Page([], None, None)
    after, before = (Place.parse(request.GET.get(way, "")) for way in ("after", "before"))
    # A filter that isn't on offer must not show the cases of another one.
    if filters.is_valid() and actor.desks:
        page = page_of(
            [filters.narrowed(q, actor=actor, now=now) for q in queues_of(tab, actor)],
            after=after,
            before=before,
            size=PAGE_SIZE,
        )
    chosen = filters.chosen if filters.is_valid() else {}
    here = {"view": tab, **chosen}
    rows = rows_of(page.ids, actor, now)
    return {
        "filters": filters,
        "is_filtered": bool(chosen) or not filters.is_valid(),
        "is_later_page": bool(after or before),
        "rows": rows,
        "can_tick_any": any(row.can_tick for row in rows),
        "offered": {code: label for row in rows for code, label in row.steps.items()},
        "is_many": page.next is not None or page.previous is not None,
        "most": MOST,
        "run_key": uuid.uuid4(),
        "here": request.get_full_path(),
        "clear": f"?{urlencode({'view': tab})}",
        "previous": _address(here, before=page.previous),
        "next": _address(here, after=page.next),
    }


def _address(here: Mapping[str, str], **place: Place | None) -> str | None:
    given = {name: str(p) for name, p in place.items() if p is not None}
    return f"?{urlencode({**here, **given})}" if given else None
