"""One version: what it says; as a draft, its editor and what leads to publishing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matters.catalogue import publishing
from matters.catalogue.definition_text import text_of
from matters.catalogue.differences import differences_of_versions
from matters.catalogue.models import Matter, MatterVersion, Status, VersionAct
from matters.catalogue.pinned import definition_of
from workflows.cases.models import Case
from workflows.cases.registry import flows

from ..door import actor_of_request, for_operators
from .draft_form import DraftForm, form_of
from .listing import standing_of

LONGEST_ID = 2**63


def version_or_404(version_id: int) -> MatterVersion:
    """The version with its matter. Http404 where there is none. One statement."""
    if version_id >= LONGEST_ID:
        raise Http404
    found: MatterVersion = get_object_or_404(
        MatterVersion.objects.select_related("matter__department", "based_on"), pk=version_id
    )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """A published version to read; a draft to edit. What was typed wrongly stays as it was typed."""
    shown = version_or_404(version_id)
    if shown.status != Status.DRAFT:
        seen = _seen(shown) | {"typed": request.POST.get("text", "")}
        return render(request, "operator/version.html", seen)
    form = form_of(shown, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = _tried(
            request,
            lambda: publishing.change_draft(
                version_id=version_id,
                content=form.content,
                seen=_token(request),
                actor=actor_of_request(request),
            ),
        )
        if done:
            messages.success(request, "草稿已保存，检查没有发现问题。")
            return redirect("operator:version", version_id)
    return render(request, "operator/draft.html", _drafted(shown, form))


def _seen(shown: MatterVersion) -> dict[str, Any]:
    names = {flow.CODE: flow.LABEL for flow in flows()}
    return {
        "version": shown,
        "standing": standing_of(shown, timezone.localdate()),
        "flow": names.get(shown.flow, shown.flow),
        "definition": definition_of(shown.pk),
        "text": text_of(definition_of(shown.pk)),
        "acts": VersionAct.objects.filter(version_id=shown.pk),
        "open_cases": Case.objects.filter(version_id=shown.pk, closed_at=None).count(),
        "later": MatterVersion.objects.published()
        .filter(matter_id=shown.matter_id)
        .exclude(pk=shown.pk)
        .defer("definition")
        .order_by("-number")[:20],
    }


def _drafted(shown: MatterVersion, form: DraftForm) -> dict[str, Any]:
    """The token is always the newest: who was overtaken has been told, and keeps what they typed."""
    last = publishing.last_published(shown.matter_id)
    lines = form.data.get("text", "").splitlines() if form.is_bound else []
    return {
        "version": shown,
        "form": form,
        "token": publishing.last_act(shown.pk),
        "acts": VersionAct.objects.filter(version_id=shown.pk),
        "last": last,
        "base_is_old": last is not None and last.pk != shown.based_on_id,
        "obstacles": publishing.obstacles(shown, last, timezone.localdate()),
        "quotes": [
            (trouble, lines[trouble.line - 1])
            if trouble.line and trouble.line <= len(lines)
            else (trouble, "")
            for trouble in form.troubles
        ],
    }


@require_POST
@for_operators
def make_draft(request: HttpRequest, version_id: int) -> HttpResponse:
    version_or_404(version_id)
    made: list[MatterVersion] = []
    actor = actor_of_request(request)
    _tried(
        request,
        lambda: made.append(publishing.make_draft(from_version_id=version_id, actor=actor)),
    )
    return redirect("operator:version", made[0].pk if made else version_id)


@require_POST
@for_operators
def publish(request: HttpRequest, version_id: int) -> HttpResponse:
    return _act(request, version_id, publishing.publish, "已发布。新办件自生效日期起按这一版办理。")


@require_POST
@for_operators
def rebase(request: HttpRequest, version_id: int) -> HttpResponse:
    return _act(request, version_id, publishing.rebase_draft, "已改以最近发布的版本为底本。")


@require_POST
@for_operators
def discard(request: HttpRequest, version_id: int) -> HttpResponse:
    """Back to the matter, where it stands that there was a draft."""
    shown = version_or_404(version_id)
    answer = _act(request, version_id, publishing.discard_draft, "草稿已废弃。")
    return answer if _exists(version_id) else _to_matter(shown.matter)


def _act(
    request: HttpRequest, version_id: int, act: Callable[..., object], done: str
) -> HttpResponseRedirect:
    version_or_404(version_id)
    actor, seen = actor_of_request(request), _token(request)
    if _tried(request, lambda: act(version_id=version_id, seen=seen, actor=actor)):
        messages.success(request, done)
    return redirect("operator:version", version_id)


def _tried(request: HttpRequest, act: Callable[[], object]) -> bool:
    """Whether it was done; otherwise the person is told why not."""
    try:
        act()
    except publishing.NotDone as refused:
        messages.error(request, str(refused))
        return False
    return True


def _token(request: HttpRequest) -> int:
    """What the page had seen; anything else than a number has seen nothing."""
    given = request.POST.get("token", "")
    return int(given) if given.isdecimal() and given.isascii() and len(given) < 19 else -1


def _exists(version_id: int) -> bool:
    return MatterVersion.objects.filter(pk=version_id).exists()


def _to_matter(matter: Matter) -> HttpResponseRedirect:
    return redirect("operator:matter", matter.slug)


@require_safe
@for_operators
def difference(request: HttpRequest, version_id: int, other_id: int) -> HttpResponse:
    """What is different from `version_id` to `other_id`, both of one matter."""
    old, new = version_or_404(version_id), version_or_404(other_id)
    if old.matter_id != new.matter_id:
        raise Http404
    names = {seat.code: seat.name for flow in flows() for seat in flow.SEATS}
    names |= {state.code: state.name for flow in flows() for state in flow.STATES}
    # Where two flows have a code in common, the version's own flow says what it is called.
    for flow in flows():
        if flow.CODE in (old.flow, new.flow):
            names |= {seat.code: seat.name for seat in flow.SEATS}
            names |= {state.code: state.name for state in flow.STATES}
    sections = differences_of_versions(
        old, new, names=names, flows={flow.CODE: flow.LABEL for flow in flows()}
    )
    return render(
        request, "operator/difference.html", {"old": old, "new": new, "sections": sections}
    )
