"""Who is told that a clock has turned yellow or red: the holder, the office's head, the supervisors.

Yellow goes to whoever has the case and to the heads of the office; red to everybody at that desk
and, besides, to the supervisors of its province. Where the applicant has it, the parties are told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from tongban.accounts.models import Posting, Substitution
from tongban.notices.models import Channel
from tongban.notices.outbox import Owed, channels_for, recipient_of
from tongban.offices.codes import province_of

from .clocks import SHANGHAI
from .lapsed import deadline_topic
from .models import Party
from .parties import SEE, rights_of
from .timekeeping import INSTANT, red_since, running

if TYPE_CHECKING:
    from .flow import Flow

YELLOW, RED = "yellow", "red"
CLERK, HEAD, SUPERVISOR = Posting.Role.CLERK, Posting.Role.HEAD, Posting.Role.SUPERVISOR
CLOCK_NAMES = {"hop": "环节时限", "promise": "承诺时限", "statutory": "法定时限"}


@dataclass(frozen=True)
class Turned:
    """A clock of a case that has come to a colour; since: the moment as the case keeps it."""

    case: Flow
    clock: str
    colour: str
    since: str


@dataclass
class People:
    """Everybody that a batch of cases may concern."""

    desks: dict[int, dict[str, set[int]]] = field(default_factory=dict)
    # Who acts for whom at which office today: {(office, who is away): who stands in}.
    stand_ins: dict[tuple[int, int], int] = field(default_factory=dict)
    supervisors: dict[str, set[int]] = field(default_factory=dict)
    parties: dict[int, list[Party]] = field(default_factory=dict)


def turned(case: Flow, moment: dt.datetime) -> list[Turned]:
    """The colours that have come since the case was last looked at.

    Red says all that yellow said: after an outage nobody is told both at once. Raises ValueError
    where a moment cannot be read.
    """
    # All that came before this alarm has been told.
    since_alarm = case.next_alarm_at or moment
    found: dict[str, Turned] = {}
    for clock, kept in running(case).items():
        for colour, since in ((YELLOW, kept.get("yellow_at")), (RED, red_since(kept))):
            if since and since_alarm <= dt.datetime.fromisoformat(since) <= moment:
                found[clock] = Turned(case, clock, colour, since)
    return list(found.values())


def people_for(found: Sequence[Turned], on: dt.date) -> People:
    """Three statements at most, however many cases there are."""
    people = People()
    offices = {each.case.holder_office_id for each in found} - {None}
    if offices:
        _staff(people, offices, on)
    claimed_by = {each.case.claimed_by_id for each in found} - {None}
    if claimed_by:
        away = Substitution.objects.in_force(on).filter(absent_id__in=claimed_by)
        for office_id, absent_id, substitute_id in away.values_list(
            "office_id", "absent_id", "substitute_id"
        ):
            people.stand_ins[office_id, absent_id] = substitute_id
    theirs = {each.case.pk for each in found if each.case.holder_office_id is None}
    if theirs:
        rows = Party.objects.filter(case_id__in=theirs).exclude(user=None).select_related("user")
        for party in rows.order_by("id"):
            if SEE in rights_of(party, on):
                people.parties.setdefault(party.case_id, []).append(party)
    return people


def _staff(people: People, offices: set[int | None], on: dt.date) -> None:
    at_desks = Q(office_id__in=offices, role__in=(CLERK, HEAD))
    # The posting that makes a supervisor of a province (`actors`).
    over_them = Q(role=SUPERVISOR, office__kind="supervision", office__region__level="province")
    posted = Posting.objects.in_force(on).filter(at_desks | over_them, user__is_active=True)
    for user_id, role, office_id, region in posted.values_list(
        "user_id", "role", "office_id", "office__region_id"
    ):
        if role == SUPERVISOR:
            people.supervisors.setdefault(province_of(region), set()).add(user_id)
        else:
            people.desks.setdefault(office_id, {}).setdefault(role, set()).add(user_id)


def notices_of(found: Sequence[Turned], people: People) -> list[Owed]:
    """What is owed for these colours. No SQL."""
    return [owed for each in found for owed in _notices(each, people)]


def _notices(turn: Turned, people: People) -> Iterator[Owed]:
    case = turn.case
    if case.holder_office_id is None:
        told = {party.user_id: party.user for party in people.parties.get(case.pk, ())}
        for user_id, user in sorted(told.items(), key=lambda each: each[0] or 0):
            template = f"deadline_own_{turn.colour}"
            for channel in channels_for(user, template):  # type: ignore[arg-type]  # these have accounts
                yield _owed(turn, template, user_id or 0, channel)
        return
    staff = _at_desk(turn, people)
    for user_id in sorted(staff):
        yield _owed(turn, f"deadline_{turn.colour}", user_id)
    if turn.colour == RED:
        province = province_of(case.region_of(case.holder))
        for user_id in sorted(people.supervisors.get(province, set()) - staff):
            yield _owed(turn, "deadline_escalated", user_id)


def _at_desk(turn: Turned, people: People) -> set[int]:
    """The one who has it, whoever stands in for them, and the heads.

    On red, or where nobody has claimed it, all who may act there.
    """
    office_id, claimed_by = turn.case.holder_office_id, turn.case.claimed_by_id
    desk = people.desks.get(office_id or 0, {})
    told = set(desk.get(HEAD, ()))
    if claimed_by is not None:
        told |= {claimed_by, people.stand_ins.get((office_id or 0, claimed_by), claimed_by)}
    if claimed_by is None or turn.colour == RED:
        told |= desk.get(CLERK, set())
    return told


def _owed(turn: Turned, template: str, user_id: int, channel: str = Channel.INBOX) -> Owed:
    case, kept = turn.case, turn.case.clocks[turn.clock]
    last = dt.datetime.fromisoformat(kept["due_at"]) - INSTANT
    red_at = dt.datetime.fromisoformat(red_since(kept) or kept["due_at"])
    return Owed(
        template=template,
        channel=channel,
        recipient=recipient_of(user_id),
        user_id=user_id,
        context={
            "number": case.number,
            "matter": case.matter.name,
            "clock": CLOCK_NAMES[turn.clock],
            "state": case.current.name,
            "due_text": f"{last.astimezone(SHANGHAI):%Y年%m月%d日}",
            # Red before it is late, where the matter wants that.
            "is_early": "red_at" in kept,
            "url": f"/desk/{case.number}/" if case.holder_office_id else f"/my/{case.number}/",
        },
        event_key=f"case:{case.pk}:{turn.clock}:{turn.colour}:{turn.since}",
        subject_kind="case",
        subject_key=case.number,
        # Red takes the place of a yellow that has not gone out.
        topic=deadline_topic(case.pk, turn.clock),
        useful_until=red_at if turn.colour == YELLOW else None,
    )
