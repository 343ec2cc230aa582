"""单位的公积金转移: the lists that somebody handed in for an employer, with each person's result."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of
from tongban.accounts.models import User
from workflows.cases.access import own_cases
from workflows.cases.family import RESULTS
from workflows.cases.flow import Flow
from workflows.cases.models import Case
from workflows.portal.own.standing import tag_of
from workflows.portal.own.time_kept import promised_until

from .loan import CRUMBS

GROUP = "fund_transfer_group"
A_PAGE = 10


@dataclass(frozen=True)
class Person:
    """One employee. result: "" while their transfer goes on; until: the last day that is promised for it."""

    name: str
    number: str
    tag: str
    kind: str
    result: str
    until: dt.date | None


@dataclass(frozen=True)
class List:
    """One list that was handed in, and how its people stand."""

    number: str
    opened_at: dt.datetime
    people: list[Person]

    @property
    def done(self) -> int:
        return sum(person.result == RESULTS["done"] for person in self.people)

    @property
    def going_on(self) -> int:
        return sum(not person.result for person in self.people)

    @property
    def failed(self) -> int:
        return len(self.people) - self.done - self.going_on


@require_safe
@never_cache
@login_required
def employer(request: HttpRequest) -> HttpResponse:
    """`?before=` is the list after which the page begins. Three statements at most, and the sign-in's."""
    user = cast("User", request.user)
    groups, following = _groups(user.pk, request.GET.get("before", ""))
    people = _people([group.pk for group in groups])
    context: dict[str, Any] = {
        "crumbs": CRUMBS,
        "lists": [List(each.number, each.opened_at, people[each.pk]) for each in groups],
        "matter": _matter(),
        "next": f"?before={following}" if following else None,
        "previous": "?" if request.GET.get("before") else None,
    }
    return render(request, "portal/housing_fund/employer.html", context)


def _groups(user_id: int, before: str) -> tuple[list[Case], int | None]:
    """The newest first. One statement."""
    rows = own_cases(user_id).filter(flow=GROUP).order_by("-id")
    if before.isascii() and before.isdigit() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: A_PAGE + 1])
    if len(found) <= A_PAGE:
        return found, None
    return found[:A_PAGE], found[A_PAGE - 1].pk


def _people(groups: list[int]) -> dict[int, list[Person]]:
    """By list, in its order. One statement, none without a list."""
    found: dict[int, list[Person]] = defaultdict(list)
    if groups:
        rows = Case.objects.filter(parent_id__in=groups, relation="part").order_by("id")
        for row in rows:
            found[row.parent_id or 0].append(_person(cast("Flow", row)))
    return found


def _person(case: Flow) -> Person:
    """Whoever handed the list in wrote the name: it stands as they did."""
    tag, kind = tag_of(case, case.state_label(definition_of(case.version_id)))
    result = "" if case.is_open else RESULTS.get(case.outcome, case.current.name)
    until = promised_until(case) if case.is_open else None
    return Person(case.applicant_name, case.number, tag, kind, result, until)


def _matter() -> MatterVersion | None:
    """Where a list is handed in. One statement."""
    rows = MatterVersion.objects.filter(status="published", flow=GROUP, valid_to=None)
    return rows.select_related("matter").order_by("matter__slug").first()
