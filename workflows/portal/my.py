"""我的办件: one's own cases, what waits for oneself on top, and the drafts to go on with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import groupby
from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matters.catalogue.pinned import definition_of
from tongban.accounts.models import User
from workflows.cases.flow import Flow
from workflows.cases.places import office_cards

from .housing_fund.employer import GROUP
from .own.listing import GROUPS, MINE, TO_RATE, Place, drafts_of, page_of
from .own.standing import tag_of
from .own.time_kept import promise_light, promised_until
from .own.told import holder_name


@dataclass(frozen=True)
class CaseRow:
    number: str
    matter: str
    tag: str
    kind: str
    office: str
    until: dt.date | None
    light: str
    todo: str
    opened_at: dt.datetime


@dataclass(frozen=True)
class Group:
    """Cases of one kind, under one heading."""

    title: str
    wants_me: bool
    rows: list[CaseRow] = field(default_factory=list)


@require_safe
@never_cache
@login_required
def my(request: HttpRequest) -> HttpResponse:
    """`?after=` is where the page begins. Three statements besides the sign-in's."""
    user, now = cast(User, request.user), timezone.now()
    after = Place.parse(request.GET.get("after", ""))
    cases, following = page_of(user.pk, now=now, after=after)
    office_cards(case.holder_office_id for case in cases if case.holder_office_id)
    groups = [
        Group(GROUPS[rank], rank in (MINE, TO_RATE), [_row(case, rank, now) for case in found])
        for rank, found in groupby(cases, key=lambda case: case.rank)
    ]
    context = {
        "crumbs": [("/", "首页")],
        "groups": groups,
        "drafts": [] if after else drafts_of(user.pk),
        "next": f"?{urlencode({'after': str(following)})}" if following else None,
        "first": "?" if after else None,
        "has_lists": any(case.flow == GROUP for case in cases),
    }
    return render(request, "portal/my/list.html", context)


def _row(found: object, rank: int, now: dt.datetime) -> CaseRow:
    case = cast(Flow, found)
    tag, kind = tag_of(case, case.state_label(definition_of(case.version_id)))
    return CaseRow(
        number=case.number,
        matter=case.matter.name,
        tag=tag,
        kind=kind,
        office=holder_name(case) if case.holder_office_id else "",
        until=promised_until(case) if case.is_open else None,
        light=promise_light(case, now),
        todo={MINE: case.current.hint, TO_RATE: "请评价这次办理"}.get(rank, ""),
        opened_at=case.opened_at,
    )
