"""The draft that a page works on: one's own, under the version in force, not handed in yet."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from matters.catalogue.definition import Definition
from matters.catalogue.models import Matter, MatterVersion
from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import Actor
from tongban.accounts.models import User
from workflows.cases.access import visible_to
from workflows.cases.draft_versions import Lost, bring_up_to_date
from workflows.cases.models import Draft

from ..guide import version_in_force
from .needed import with_needed_papers

GONE = "这份申请已提交或已删除，刚才的内容没有保存。"


class CitizenRequest(HttpRequest):
    """A request of somebody who has signed in, as the pages of applying get it."""

    user: User
    actor: Actor


@dataclass(frozen=True)
class Work:
    """A draft with the version that it would be handed in under."""

    draft: Draft
    version: MatterVersion
    definition: Definition
    # With all papers; `definition` has those of the draft's situation.
    full: Definition

    @property
    def matter(self) -> Matter:
        return self.draft.matter


CitizenView = Callable[Concatenate[CitizenRequest, ...], HttpResponse]
WorkView = Callable[Concatenate[CitizenRequest, Work, ...], HttpResponse]


def by_citizen(view: CitizenView) -> Callable[..., HttpResponse]:
    """Sign in first and come back; an account for work does not apply for its owner."""

    @sensitive_post_parameters()
    @never_cache
    @login_required
    @wraps(view)
    def wrapped(request: CitizenRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_staff_member:
            return render(
                request, "portal/apply/work_account.html", {"desk": settings.STAFF_HOME}, status=403
            )
        return view(request, *args, **kwargs)

    return wrapped


def on_draft(view: WorkView) -> Callable[..., HttpResponse]:
    """Find one's own draft by `key`; anybody else's is 404. Two statements.

    What has become a case leads to its receipt. A draft of an older version is moved to the one in
    force, and what was lost is named.
    """

    @by_citizen
    @wraps(view)
    def wrapped(request: CitizenRequest, key: uuid.UUID, **kwargs: Any) -> HttpResponse:
        mine = Draft.objects.filter(pk=key, user=request.user, office=None)
        draft = mine.select_related("matter__department").first()
        if draft is None:
            return _handed_in(request, key)
        version = version_in_force(draft.matter, timezone.localdate())
        if version is None:
            return render(request, "portal/apply/closed.html", {"draft": draft}, status=410)
        try:
            if draft.version_id != version.pk:
                _say(request, version, bring_up_to_date(draft, version))
            full = definition_of(version.pk)
            needed = with_needed_papers(full, draft)
            return view(request, Work(draft, version, needed, full), **kwargs)
        except Draft.DoesNotExist:
            messages.warning(request, GONE)
            return _handed_in(request, key)

    return wrapped


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also if it is nothing; None on a page that was only opened."""
    return request.POST if request.method == "POST" else None


def own_draft(request: CitizenRequest, key: uuid.UUID) -> Draft:
    """One's own draft whatever has become of its matter. Raises Http404."""
    mine = Draft.objects.filter(pk=key, user=request.user, office=None)
    draft = mine.select_related("matter").first()
    if draft is None:
        raise Http404
    return draft


def _handed_in(request: CitizenRequest, key: uuid.UUID) -> HttpResponseRedirect:
    seen = visible_to(request.actor).filter(draft_key=key)
    number = seen.values_list("number", flat=True).first()
    if number is None:
        raise Http404
    return redirect("portal:receipt", number=number)


def _say(request: HttpRequest, version: MatterVersion, lost: Lost) -> None:
    text = f"这个事项已更新为第 {version.number} 版，您填写的内容已转到新版。"
    if lost.answers:
        text += f"以下内容需要重填或不再需要：{'、'.join(lost.answers)}。"
    if lost.papers:
        text += f"以下材料不再需要，已删除：{'、'.join(lost.papers)}。"
    messages.warning(request, text)
