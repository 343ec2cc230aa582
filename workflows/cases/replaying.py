"""What was owed and has no row: found from the ledger for a time, and owed again.

A step and its notices are one statement, so nothing should ever be missing. Whatever comes from
outside can still take rows away, or keep them from being written: a restored backup, a table
mended by hand, a channel that was not set up for a day. The ledger says what happened; what it
implies is compared with what stands in the outbox.

A step implies a notice if it declares one or issued a paper that must reach its person. What a
step told besides can't be known from the ledger and is not made up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db.models import F, Max, Min

from tongban.notices.models import Channel, Notice
from tongban.notices.outbox import Owed, channels_for, recipient_of

from .act import SERVED
from .clocks import local_day
from .declarations import APPLICANT
from .event_words import step_of
from .models import Case, Document, Event, Party
from .parties import SEE, SIGN, SUPPLEMENT, rights_of, rights_of_user
from .places import office_name
from .reading import parties_of_many
from .telling import todo_topic

if TYPE_CHECKING:
    from .flow import Flow

BATCH = 300
# Papers that a notice brings; a receipt is handed over on the spot.
BROUGHT = SERVED | {Document.Kind.ACCEPTANCE}
INBOX_ONLY = frozenset({Channel.INBOX.value})


@dataclass(frozen=True)
class Missing:
    """One message that the ledger implies and the outbox lacks."""

    event: Event
    number: str
    owed: Owed


@dataclass(frozen=True)
class Looked:
    """One batch: the last event's id, how many events, and what is missing among them."""

    last_id: int
    events: int
    missing: list[Missing]


# The ids of the last event before a time's first one, and of its last one.
Bounds = tuple[int, int]


def missing_between(
    since: dt.datetime,
    until: dt.datetime,
    *,
    channels: Collection[str] = INBOX_ONLY,
    within: Bounds | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> Iterator[Looked]:
    """What is missing, batch by batch, the earliest event first.

    channels: besides the inbox a person is reached as their account stands today, so the others
    are asked for by whoever knows that they were set up then. within: what is left of the time's
    `bounds`, for who goes on in the middle. Six statements a batch.
    """
    here = within or bounds(since, until)
    if here is None:
        return
    last, end = here
    while not is_over():
        events = list(
            Event.objects.filter(at__gte=since, at__lt=until, pk__gt=last, pk__lte=end).order_by(
                "pk"
            )[:BATCH]
        )
        if not events:
            return
        last = events[-1].pk
        yield Looked(last, len(events), _missing(events, frozenset(channels)))


def bounds(since: dt.datetime, until: dt.datetime) -> Bounds | None:
    """Where in the ledger a time lies; None: nothing happened. One statement, by the days' own index.

    A bare MIN(id) would be taken for "the first by id that lies in this time", and the whole ledger
    before it be read row by row; with a sum there is no such short cut to be offered.
    """
    found = Event.objects.filter(at__gte=since, at__lt=until).aggregate(
        first=Min(F("pk") + 0), last=Max(F("pk") + 0)
    )
    return None if found["first"] is None else (found["first"] - 1, found["last"])


def _missing(events: Sequence[Event], channels: frozenset[str]) -> list[Missing]:
    cases = {case.pk: cast("Flow", case) for case in _cases_of(events)}
    papers = _papers_of(events)
    telling = [event for event in events if _implies(event, cases[event.case_id], papers)]
    parties = parties_of_many({event.case_id for event in telling})
    rows = Notice.objects.filter(event_key__in=[_key(event) for event in telling])
    told = set(rows.values_list("event_key", "channel", "recipient"))
    return [
        Missing(event, cases[event.case_id].number, owed)
        for event in telling
        for owed in _owed(event, cases[event.case_id], parties, papers, channels)
        if (owed.event_key, owed.channel, owed.recipient) not in told
    ]


def _cases_of(events: Sequence[Event]) -> list[Case]:
    ids = {event.case_id for event in events}
    return list(Case.objects.filter(pk__in=ids).select_related("matter"))


def _papers_of(events: Sequence[Event]) -> dict[str, Document]:
    numbers = [number for event in events for number in event.data.get("documents", [])]
    return {paper.number: paper for paper in Document.objects.filter(number__in=numbers)}


def _key(event: Event) -> str:
    return f"case:{event.case_id}:{event.seq}"


def _paper(event: Event, papers: dict[str, Document]) -> Document | None:
    """The paper that this step issued and that its notice brings."""
    issued = (papers.get(number) for number in event.data.get("documents", []))
    return next((paper for paper in issued if paper is not None and paper.kind in BROUGHT), None)


def _implies(event: Event, case: Flow, papers: dict[str, Document]) -> bool:
    paper = _paper(event, papers)
    if paper is not None and paper.kind in SERVED:
        return True
    taken = step_of(case.flow, event.step)
    if taken is None or not taken.notice:
        return False
    # A part of a whole speaks only where the person must act (`telling`).
    is_part = case.relation == "part"
    return not is_part or event.to_state in _applicants_states(case)


def _applicants_states(case: Flow) -> set[str]:
    return {state.code for state in case.STATES if state.holder == APPLICANT}


def _owed(
    event: Event,
    case: Flow,
    parties: dict[int, list[Party]],
    papers: dict[str, Document],
    channels: frozenset[str],
) -> Iterator[Owed]:
    paper, on = _paper(event, papers), local_day(event.at)
    template, context = _words(event, case, paper)
    stands = event.to_state == case.state and event.at >= case.entered_at
    asks = stands and bool(case.current.hint)
    must = paper is not None and paper.kind in SERVED
    people = {
        party.user_id: party
        for party in reversed(parties.get(case.pk, []))
        if party.user_id is not None and SEE in rights_of(party, on)
    }
    for user_id, party in people.items():
        rights = rights_of_user(parties[case.pk], user_id, on)
        for channel in channels_for(party.user, template):  # type: ignore[arg-type]  # they have an account
            # Outside the site nobody is told of what is over; the inbox is the whole story.
            if channel not in channels or not (stands or must or channel == Channel.INBOX):
                continue
            yield Owed(
                template=template,
                channel=channel,
                recipient=recipient_of(user_id),
                user_id=user_id,
                context=context,
                event_key=_key(event),
                subject_kind="case",
                subject_key=case.number,
                document_id=paper.pk if paper and rights & {SIGN, SUPPLEMENT} else None,
                useful_until=case.told_until() if asks else None,
                topic=todo_topic(case.pk) if asks else "",
            )


def _words(event: Event, case: Flow, paper: Document | None) -> tuple[str, dict[str, Any]]:
    """The declared notice, or a sentence that leads to the paper."""
    taken = step_of(case.flow, event.step)
    done = taken.done if taken else event.step
    states = {state.code: state.name for state in case.STATES}
    due = event.data.get("due", {})
    context: dict[str, Any] = {
        "number": case.number,
        "matter": case.matter.name,
        "step": done,
        "state": states.get(event.to_state, ""),
        "office": office_name(event.office_id or event.to_office_id),
        "at": event.at.isoformat(),
        "due": due.get("hop") or due.get("promise"),
        "url": f"/my/{case.number}/",
    }
    if taken is not None and taken.notice:
        return taken.notice, context
    # Only a paper of which the step alone tells comes here.
    named = f"，请登录查看{paper.get_kind_display()}（{paper.number}）" if paper else ""
    return "case_step", {**context, "message": f"{done}{named}。"}
