"""More time for those whom an outage cost some: found, proposed, approved by a second person, given.

Each case gets its days by the step `extend_applicant`, in the approver's name, through `bulk`; the
proposer stands in the event.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from matters.catalogue.definition import Limit
from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import Actor
from tongban.accounts.models import Posting
from tongban.notices.models import Channel, Notice, NoticeState, Outage
from tongban.notices.outbox import Owed, owe, recipient_of
from tongban.notices.rendering import last_moment

from . import bulk
from .clocks import due
from .declarations import APPLICANT, HOP
from .forms import sealed
from .models import BulkResult, BulkRun, Case, ExtensionPlan
from .timekeeping import reading_of
from .unheard import Unheard, unheard_in

if TYPE_CHECKING:
    from tongban.offices.models import Office

    from .flow import Flow

STEP = "extend_applicant"
# Of so many notices the cases are looked at; an outage that kept more is proposed in parts.
MOST_NOTICES = 20_000
# What an outage kept has gone out by then, or failed; all that went out since is not looked through.
DRAINED = dt.timedelta(days=7)


class NotProposed(Exception):
    """Nothing was proposed or decided; the message is for the person."""


@dataclass(frozen=True)
class Affected:
    """A case whose person lost time: the due moment as it is and as it would be; None: no end known."""

    case: Flow
    was: dt.datetime
    then: dt.datetime | None

    @property
    def days(self) -> tuple[str, str]:
        """The last day as it is and as it would be, in words."""
        return last_moment(self.was), last_moment(self.then)

    @property
    def is_still_late(self) -> bool:
        return self.then is not None and self.then <= timezone.now()


def affected_by(
    outage: Outage, *, days: int, office_id: int | None = None, matter: str = ""
) -> list[Affected]:
    """Open cases in which the applicant's own time ran while the word of it did not arrive.

    Whoever opened the message on the site, or got it by another channel, before their time began
    lost none. matter: a part of its name. The nearest due first, as many as one run takes. Eight
    statements.
    """
    numbers = _kept_back(outage) - _planned(outage)
    rows = Case.objects.filter(
        number__in=sorted(numbers), closed_at=None, holder=APPLICANT, hop_due_at__isnull=False
    )
    if matter:
        rows = rows.filter(matter__name__contains=matter)
    if office_id is not None:
        rows = rows.filter(office_ids__contains=[office_id])
    cases = cast("list[Flow]", list(rows.select_related("matter").order_by("hop_due_at", "id")))
    cases = [case for case in cases if office_id in (None, deciding_office(case))]
    unheard = unheard_in(cases, [outage])
    lost = (case for case in cases if _lost_time(case, unheard.get(case.number, ())))
    return list(_tried(lost, days))[: bulk.MOST]


def deciding_office(case: Flow) -> int | None:
    return case.office_of(case.OWNER_SEAT)


def _lost_time(case: Flow, words: Sequence[Unheard]) -> bool:
    began = dt.datetime.fromisoformat(case.clocks[HOP]["started_at"])
    return any(word.reached_at is None or word.reached_at > began for word in words)


def _tried(cases: Iterator[Flow], days: int) -> Iterator[Affected]:
    """What the clocks would say; nothing is written."""
    for case in cases:
        tried = copy.copy(case)
        kept = dict(case.clocks[HOP])
        unit = Limit.parse(kept["limit"]).unit
        kept["extra"] = [*kept["extra"], str(Limit.parse(f"{days}{unit}"))]
        tried.clocks = {**case.clocks, HOP: kept}
        then = due(reading_of(tried, HOP, (), definition_of(case.version_id)))
        if case.hop_due_at is not None:
            yield Affected(case, case.hop_due_at, then.due_at if then else None)


def _kept_back(outage: Outage) -> set[str]:
    """Numbers of the cases with a notice that this outage kept or delayed. Up to four statements.

    Each question is the front of a partial index: none reads the notices that went out in time.
    """
    rows = Notice.objects.filter(
        channel=outage.channel, subject_kind="case", created_at__gte=outage.since
    ).exclude(channel="inbox")
    if outage.ended_at is not None:
        rows = rows.filter(created_at__lte=outage.ended_at)
    asked: list[QuerySet[Notice]] = [
        rows.filter(state=NoticeState.PENDING),
        rows.filter(state__in=[NoticeState.FAILED, NoticeState.UNSURE]),
        rows.filter(state=NoticeState.SKIPPED),
    ]
    if outage.ended_at is not None:
        drained = (outage.ended_at, outage.ended_at + DRAINED)
        asked.append(rows.filter(state=NoticeState.DELIVERED, delivered_at__range=drained))
    return {
        number
        for question in asked
        for number in question.order_by().values_list("subject_key", flat=True)[:MOST_NOTICES]
    }


def _planned(outage: Outage) -> set[str]:
    """In a plan that waits or was approved: nobody gets the same days twice. Two statements.

    Which its run refused, for the case had just moved, got none and may be proposed again.
    """
    plans = ExtensionPlan.objects.filter(outage=outage).exclude(is_approved=False)
    lines = plans.values_list("run_id", "cases")
    refused = set(
        BulkResult.objects.filter(
            run__in=[run_id for run_id, _ in lines if run_id], state=BulkResult.State.REFUSED
        ).values_list("run_id", "number")
    )
    return {
        line["number"]
        for run_id, cases in lines
        for line in cases
        if (run_id, line["number"]) not in refused
    }


def may_propose(actor: Actor, office_id: int) -> bool:
    return actor.operator or office_id in actor.heads


def may_decide(actor: Actor, plan: ExtensionPlan) -> bool:
    """A head of the office or a supervisor of its province, and not who proposed it."""
    if actor.user_id is None or actor.user_id == plan.proposed_by_id:
        return False
    province = f"{plan.office.region_id[:2]}0000"
    return plan.office_id in actor.heads or province in actor.supervises


@transaction.atomic
def propose(
    *, outage: Outage, office: Office, days: int, reason: str, actor: Actor, matter: str = ""
) -> ExtensionPlan:
    """Write the dry run down for a second person. Raises NotProposed."""
    if actor.user_id is None or not may_propose(actor, office.pk):
        raise NotProposed("只有该单位负责人或运行维护人员可以提出。")
    # Two who propose at once: the second finds the first one's cases taken.
    Outage.objects.select_for_update().get(pk=outage.pk)
    found = affected_by(outage, days=days, office_id=office.pk, matter=matter)
    if not found:
        raise NotProposed("没有受影响的办件，或都已提出过。")
    plan = ExtensionPlan.objects.create(
        outage=outage,
        office=office,
        days=days,
        reason=reason,
        cases=[
            {
                "number": each.case.number,
                "was": each.was.isoformat(),
                "then": each.then.isoformat() if each.then else None,
            }
            for each in found
        ],
        proposed_by_id=actor.user_id,
        proposed_at=timezone.now(),
    )
    owe(_asking(plan), plan.proposed_at)
    return plan


def _asking(plan: ExtensionPlan) -> Iterator[Owed]:
    """A word to everybody who may decide it. One statement."""
    posted = Posting.objects.in_force(timezone.localdate(plan.proposed_at)).filter(
        Q(office=plan.office, role="head")
        | Q(
            role="supervisor",
            office__kind="supervision",
            office__region_id=f"{plan.office.region_id[:2]}0000",
        ),
        user__is_active=True,
    )
    people = posted.exclude(user=plan.proposed_by_id).values_list("user_id", flat=True)
    for user_id in sorted(set(people)):
        yield Owed(
            template="more_time_asked",
            channel=Channel.INBOX,
            recipient=recipient_of(user_id),
            user_id=user_id,
            context={
                "office": plan.office.name,
                "days": plan.days,
                "count": len(plan.cases),
                "reason": plan.reason,
                "url": f"/desk/extensions/{plan.key}/",
            },
            event_key=f"extension:{plan.key}",
            subject_kind="extension",
            subject_key=str(plan.key),
        )


def decide(plan: ExtensionPlan, *, actor: Actor, approve: bool, because: str = "") -> None:
    """Approve it, whereupon each case has its turn in the background, or decline it with a reason.

    Raises NotProposed: it isn't theirs to decide, or it has been decided.
    """
    if not may_decide(actor, plan):
        raise NotProposed("须由该单位另一位负责人，或所在省市的督办人员审批。")
    with transaction.atomic():
        ours = ExtensionPlan.objects.filter(pk=plan.pk, decided_at=None).update(
            decided_by_id=actor.user_id,
            decided_at=timezone.now(),
            is_approved=approve,
            declined_because="" if approve else because,
        )
        if not ours:
            raise NotProposed("已有人审批过了。")
        if approve:
            run = _begun(plan, actor)
            ExtensionPlan.objects.filter(pk=plan.pk).update(run=run)
    plan.refresh_from_db()


def _begun(plan: ExtensionPlan, actor: Actor) -> BulkRun:
    numbers = [line["number"] for line in plan.cases]
    tokens = dict(Case.objects.filter(number__in=numbers).values_list("number", "seq"))
    return bulk.begin(
        actor=actor,
        step=STEP,
        picks=[bulk.Pick(number, tokens[number]) for number in numbers if number in tokens],
        data={
            "days": plan.days,
            "reason": plan.reason,
            "asked_by": sealed(plan.proposed_by.name),
        },
        key=plan.key,
    )


def unfinished() -> list[int]:
    """Ids of the runs that approved plans still wait for. One statement."""
    plans = ExtensionPlan.objects.filter(run__finished_at=None).exclude(run=None)
    return [run_id for run_id in plans.values_list("run_id", flat=True) if run_id is not None]
