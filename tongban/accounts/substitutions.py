"""替班 (AB岗): a head lets one colleague act on what another, who is away, has claimed.

The substitute acts in their own name, and only where the other's claim would stand in the way: it
makes nobody a head, and no rule about persons (审查环节分离, 回避) is lifted. The claim stays with
whoever is away, so that when they are back there is nothing to undo. Nobody stands in for somebody
by way of a third: a substitute who goes away needs a substitute for their own cases, no more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tongban.offices.models import Office
from tongban.templatetags.formats import zh_date

from .actors import Actor, actor_of
from .models import Posting, Substitution, SubstitutionQuerySet

DESK_ROLES = (Posting.Role.CLERK, Posting.Role.HEAD)
# A slip of the keyboard makes 2062 of 2026; who is away for longer is posted elsewhere.
LONGEST = dt.timedelta(days=366)
LONGEST_REASON = 200
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Problem:
    """What stands against an appointment: the parameter it is about, and a sentence for people."""

    field: str
    text: str


class NotAppointed(Exception):
    """Nothing was written; `problems` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("；".join(problem.text for problem in problems))
        self.problems = problems


class NotHead(Exception):
    """Only the head of an office says who stands in there."""


class AlreadyOver(Exception):
    """It has run out, or somebody has ended it."""


def appoint(
    *,
    office_id: int,
    absent_id: int,
    substitute_id: int,
    valid_from: dt.date,
    valid_to: dt.date,
    reason: str,
    actor: Actor,
    at: dt.datetime | None = None,
) -> Substitution:
    """Let the substitute act for the absent from `valid_from` until the day before `valid_to`.

    Raises NotHead, NotAppointed; Actor.Gone where the head's account is closed. Five statements.
    """
    moment = at or timezone.now()
    asked = Substitution(
        office_id=office_id,
        absent_id=absent_id,
        substitute_id=substitute_id,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason.strip(),
        made_at=moment,
    )
    today = timezone.localdate(moment)
    with transaction.atomic():
        asked.made_by_id = _head(actor, office_id, today)
        _refuse(_malformed(asked, today))
        _lock(office_id)
        _refuse([*_not_posted(asked), *_in_the_way(asked)])
        asked.save(force_insert=True)
    return asked


def end(*, substitution_id: int, actor: Actor, at: dt.datetime | None = None) -> Substitution:
    """End it now, or call off one that is still to come.

    Raises Substitution.DoesNotExist, NotHead, AlreadyOver; Actor.Gone. Three statements.
    """
    moment = at or timezone.now()
    today = timezone.localdate(moment)
    with transaction.atomic():
        found = Substitution.objects.select_for_update(no_key=True).get(pk=substitution_id)
        found.ended_by_id = _head(actor, found.office_id, today)
        if found.ended_at is not None or found.valid_to <= today:
            raise AlreadyOver(f"substitution {substitution_id}")
        found.ended_at = moment
        found.save(update_fields=["ended_at", "ended_by"])
    return found


def in_force(offices: Collection[int], on: dt.date | None = None) -> SubstitutionQuerySet:
    """Who stands in for whom at these offices on that day, today by default."""
    return Substitution.objects.in_force(on or timezone.localdate()).filter(office__in=offices)


def _head(actor: Actor, office_id: int, today: dt.date) -> int:
    """The actor's id, if they are head of that office as of now. One statement."""
    if actor.user_id is None or office_id not in actor_of(actor.user_id, on=today).heads:
        raise NotHead(f"user {actor.user_id}, office {office_id}")
    return actor.user_id


def _lock(office_id: int) -> None:
    """One appointment at a time in an office: what has been asked about stays so until the commit."""
    Office.objects.select_for_update(no_key=True).only("pk").get(pk=office_id)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise NotAppointed(problems)


def _malformed(asked: Substitution, today: dt.date) -> list[Problem]:
    rules = [
        (asked.absent_id == asked.substitute_id, "substitute", "替班人不能是不在岗的本人"),
        (asked.valid_from < today, "valid_from", "开始日期不能早于今天"),
        (asked.valid_from > today + LONGEST, "valid_from", "最多提前一年安排，请检查年份"),
        (asked.valid_to <= asked.valid_from, "valid_to", "结束日期不能早于开始日期"),
        (asked.valid_to - asked.valid_from > LONGEST, "valid_to", "一次最长安排一年，请检查年份"),
        (not asked.reason, "reason", "请写明缘由"),
        (
            len(asked.reason) > LONGEST_REASON,
            "reason",
            f"缘由最多{LONGEST_REASON}个字符",
        ),
    ]
    return [Problem(field, text) for broken, field, text in rules if broken]


def _not_posted(asked: Substitution) -> list[Problem]:
    """Both work at the office on every day of the span. One statement."""
    spans: dict[int, list[Posting]] = {}
    postings = Posting.objects.filter(
        Q(user=asked.absent_id) | Q(user=asked.substitute_id, user__is_active=True),
        office=asked.office_id,
        role__in=DESK_ROLES,
    )
    for posting in postings.order_by("valid_from"):
        spans.setdefault(posting.user_id, []).append(posting)
    who = {"absent": asked.absent_id, "substitute": asked.substitute_id}
    return [
        Problem(field, "此人在这段时间里并非每天都在本单位任职")
        for field, user_id in who.items()
        if not _covered(spans.get(user_id, ()), asked.valid_from, asked.valid_to)
    ]


def _covered(postings: Iterable[Posting], start: dt.date, end: dt.date) -> bool:
    """Do the postings, in order of their beginning, leave no day of [start, end) out?"""
    reached = start
    for posting in postings:
        if posting.valid_from > reached:
            return False
        reached = max(reached, posting.valid_to or end)
    return reached >= end


def _in_the_way(asked: Substitution) -> list[Problem]:
    """What has been arranged already for the absent, or for the substitute's own absence. One statement."""
    overlapping = Substitution.objects.filter(
        office=asked.office_id,
        absent__in=(asked.absent_id, asked.substitute_id),
        ended_at=None,
        valid_from__lt=asked.valid_to,
        valid_to__gt=asked.valid_from,
    )
    rows = overlapping.order_by("valid_from").values_list(
        "absent_id", "absent__name", "substitute__name", "valid_from", "valid_to"
    )
    problems = []
    for absent_id, absent, substitute, start, until in rows:
        days = f"{zh_date(start)}至{zh_date(until - ONE_DAY)}"
        if absent_id == asked.absent_id:
            problems.append(Problem("absent", f"{absent}在{days}已由{substitute}替班"))
        else:
            problems.append(
                Problem("substitute", f"{absent}在{days}自己不在岗（由{substitute}替班）")
            )
    return problems
