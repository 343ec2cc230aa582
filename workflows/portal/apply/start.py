"""Starting: what one needs, the drafts that are there already, and a new one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from matters.catalogue.models import Matter, MatterVersion
from matters.catalogue.papers import carried, papers_for
from matters.catalogue.pauses import told_of
from matters.catalogue.pinned import definition_of
from workflows.cases.drafts import discard
from workflows.cases.models import Case, Draft, Party
from workflows.cases.opening import PartyInput
from workflows.cases.registry import flow_class

from ..guide import paper_row, version_in_force
from ..precheck import address, may_begin, situation_of
from .people import applicant_of
from .work import CitizenRequest, by_citizen, own_draft

MOST_DRAFTS = 20


@require_http_methods(["GET", "POST"])
@by_citizen
def start(request: CitizenRequest, slug: str) -> HttpResponse:
    """GET tells what is needed and lists one's drafts; POST begins one, the same one if pressed twice."""
    matter = get_object_or_404(Matter.objects.select_related("department"), slug=slug)
    version = version_in_force(matter, timezone.localdate())
    if version is None:
        return render(request, "portal/guide_closed.html", {"matter": matter}, status=410)
    definition = definition_of(version.pk)
    situation = situation_of(request, definition)
    may = may_begin(definition, situation, timezone.localdate())
    if request.method == "POST":
        if not may:
            return redirect(address(matter.slug, situation))
        return _begin(request, matter, version, situation)
    mine = Draft.objects.filter(user=request.user, matter=matter, office=None)
    if not may and not mine.exists():
        return redirect("portal:precheck", slug=matter.slug)
    me = PartyInput(role=Party.Role.APPLICANT, name=request.user.name, user=request.user)
    context = {
        "matter": matter,
        "foretold": flow_class(version.flow).told_before([me], {}, timezone.localdate()),
        "papers": [paper_row(paper) for paper in papers_for(definition, situation)],
        "asks_first": not may,
        "pauses": told_of([matter.pk], timezone.now())[matter.pk],
        "drafts": [
            {"draft": draft, "applicant": applicant_of(draft, request.user)} for draft in mine
        ],
        # The page carries the id of what it begins: a double click begins one.
        "key": uuid.uuid4(),
    }
    return render(request, "portal/apply/start.html", context)


def _begin(
    request: CitizenRequest, matter: Matter, version: MatterVersion, situation: dict[str, str]
) -> HttpResponseRedirect:
    if Draft.objects.filter(user=request.user, office=None).count() >= MOST_DRAFTS:
        messages.error(request, f"您已有 {MOST_DRAFTS} 份未提交的申请，请先提交或删除一些。")
        return redirect("portal:start", slug=matter.slug)
    key = _key(request.POST.get("key", ""))
    if Case.objects.filter(draft_key=key).exists():
        key = uuid.uuid4()
    fresh = Draft(
        pk=key,
        user=request.user,
        matter=matter,
        version=version,
        answers={"situation": situation} if situation else {},
        data=carried(definition_of(version.pk), situation),
    )
    Draft.objects.bulk_create([fresh], ignore_conflicts=True)
    # Somebody else's id: theirs stays theirs, and is not found here.
    draft = get_object_or_404(Draft, pk=key, user=request.user)
    return redirect("portal:tasks", key=draft.pk)


def _key(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return uuid.uuid4()


@require_http_methods(["GET", "POST"])
@by_citizen
def delete(request: CitizenRequest, key: uuid.UUID) -> HttpResponse:
    """Asks first, then deletes a draft with its files."""
    draft = own_draft(request, key)
    if request.method == "GET":
        return render(request, "portal/apply/delete.html", {"draft": draft})
    discard(draft=draft)
    messages.success(request, f"已删除“{draft.matter.name}”的草稿。")
    return redirect("portal:home")
