"""From a published version to the next: draft it, change it, discard it, publish it.

Every act names who did it and is kept (`VersionAct`). Acts on one matter wait for each other at the
matter's row; whoever comes second is told what the first one did.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from matters.catalogue.consistency import problems_of
from matters.catalogue.definition import Definition
from matters.catalogue.definition_text import as_json
from matters.catalogue.models import Matter, MatterVersion, Status, VersionAct
from tongban.accounts.actors import Actor

Kind = VersionAct.Kind


class NotDone(Exception):
    """The act did not happen, and nothing was changed. Its text says why, for who tried."""


class Overtaken(NotDone):
    """Somebody else was first: the draft has changed, is gone, or is published already."""


class BaseIsOld(NotDone):
    """Since the draft was made another version was published: `last` is that one."""

    def __init__(self, last: MatterVersion) -> None:
        super().__init__(
            f"起草以后，本事项又发布了第 {last.number} 版。请先核对两者差异，确认以第 {last.number} 版"
            "为底本后再发布。"
        )
        self.last = last


class NotPublishable(NotDone):
    """The definition or the day is wrong; `problems` are sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Content:
    """What a draft says: everything but its number."""

    definition: Definition
    flow: str
    mode: str
    mode_certainty: str
    valid_from: dt.date


def make_draft(*, from_version_id: int, actor: Actor) -> MatterVersion:
    """A draft that says what the published version says, valid from today. Raises NotDone."""
    with transaction.atomic():
        source = MatterVersion.objects.get(pk=from_version_id)
        if source.status != Status.PUBLISHED:
            raise NotDone("只能依据已发布的版本起草。")
        locked_matter(source.matter_id)
        draft = MatterVersion.objects.create(
            matter_id=source.matter_id,
            number=_next_number(source.matter_id),
            valid_from=timezone.localdate(),
            mode=source.mode,
            mode_certainty=source.mode_certainty,
            flow=source.flow,
            definition=source.definition,
            based_on=source,
        )
        _note(draft, Kind.DRAFTED, actor)
    return draft


def change_draft(*, version_id: int, content: Content, seen: int, actor: Actor) -> MatterVersion:
    """Let the draft say `content`. seen: `last_act` of the page. Raises Overtaken."""
    with transaction.atomic():
        draft = _draft(version_id, seen)
        draft.definition = as_json(content.definition)
        draft.flow, draft.mode = content.flow, content.mode
        draft.mode_certainty, draft.valid_from = content.mode_certainty, content.valid_from
        draft.save()
        _note(draft, Kind.CHANGED, actor)
    return draft


def discard_draft(*, version_id: int, seen: int, actor: Actor) -> MatterVersion:
    """Raises Overtaken. The draft is gone; that there was one, and whose, is kept."""
    with transaction.atomic():
        draft = _draft(version_id, seen)
        _note(draft, Kind.DISCARDED, actor)
        draft.delete()
    return draft


def rebase_draft(*, version_id: int, seen: int, actor: Actor) -> MatterVersion:
    """Let the draft, as it is, rest on the version published last. Raises Overtaken."""
    with transaction.atomic():
        draft = _draft(version_id, seen)
        draft.based_on = last_published(draft.matter_id)
        draft.save(update_fields=["based_on"])
        _note(draft, Kind.REBASED, actor)
    return draft


def publish(*, version_id: int, seen: int, actor: Actor) -> MatterVersion:
    """Publish a draft from its `valid_from` on; that day ends the version before.

    New cases begin under it from that day, running ones keep theirs. Raises Overtaken, BaseIsOld,
    NotPublishable.
    """
    with transaction.atomic():
        draft = _draft(version_id, seen)
        former = last_published(draft.matter_id)
        if former is not None and former.pk != draft.based_on_id:
            raise BaseIsOld(former)
        if problems := obstacles(draft, former, timezone.localdate()):
            raise NotPublishable(problems)
        if former is not None and former.valid_to is None:
            former.valid_to = draft.valid_from
            former.save(update_fields=["valid_to"])
        if former is not None and draft.number < former.number:
            draft.number = _next_number(draft.matter_id)
        draft.status, draft.published_at = Status.PUBLISHED, timezone.now()
        draft.save()
        _note(draft, Kind.PUBLISHED, actor)
    return draft


def obstacles(draft: MatterVersion, former: MatterVersion | None, today: dt.date) -> list[str]:
    """What stands in the way of publishing, in sentences; empty if nothing does."""
    found = problems_of(Definition.model_validate(draft.definition), draft.flow)
    if draft.valid_from < today:
        found.append("生效日期须为今天或以后")
    if former is not None and draft.valid_from < former.valid_from:
        begins = former.valid_from
        found.append(
            f"第 {former.number} 版自 {begins.year}年{begins.month}月{begins.day}日 起生效，"
            "新版本的生效日期不能早于它"
        )
    return found


def last_published(matter_id: int) -> MatterVersion | None:
    """The version published last: in force, or ahead of its first day."""
    return MatterVersion.objects.published().filter(matter_id=matter_id).order_by("-number").first()


def last_act(version_id: int) -> int:
    """The token of a draft's page: the id of the last thing that was done to it, 0 for nothing."""
    return VersionAct.objects.filter(version_id=version_id).aggregate(last=Max("id"))["last"] or 0


def locked_matter(matter_id: int) -> Matter:
    """All acts on one matter's versions queue here."""
    return Matter.objects.select_for_update(no_key=True).get(pk=matter_id)


def _draft(version_id: int, seen: int) -> MatterVersion:
    """The draft as it was seen, its matter locked. Raises Overtaken, which says who was first."""
    found = MatterVersion.objects.filter(pk=version_id).first()
    if found is not None:
        locked_matter(found.matter_id)
        found = MatterVersion.objects.filter(pk=version_id).first()
    last = VersionAct.objects.filter(version_id=version_id).order_by("-id").first()
    if found is None or found.status != Status.DRAFT or (last.pk if last else 0) != seen:
        raise Overtaken(_who_was_first(last))
    return found


def _who_was_first(last: VersionAct | None) -> str:
    if last is None:
        return "没有这份草稿。"
    moment = timezone.localtime(last.at)
    said = f"{last.by_name}于 {moment:%H:%M} {last.get_kind_display()}"
    return f"您打开页面以后，{said}。您的操作没有生效，请查看最新情况。"


def _next_number(matter_id: int) -> int:
    numbers = MatterVersion.objects.filter(matter_id=matter_id)
    return (numbers.aggregate(last=Max("number"))["last"] or 0) + 1


def _note(version: MatterVersion, kind: str, actor: Actor) -> None:
    """One row, written with the act itself."""
    if actor.user_id is None:
        raise NotDone("须由登录的维护人员办理。")
    source = version.based_on
    VersionAct.objects.create(
        matter_id=version.matter_id,
        version_id=version.pk,
        number=version.number,
        kind=kind,
        from_version_id=source.pk if source else None,
        from_number=source.number if source else None,
        valid_from=version.valid_from,
        fingerprint=fingerprint(version),
        by_id=actor.user_id,
        by_name=actor.name,
        at=timezone.now(),
    )


def fingerprint(version: MatterVersion) -> str:
    """sha256 over all that the version says of how the matter is handled."""
    said = [version.definition, version.flow, version.mode, version.mode_certainty]
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
