"""The call list of an office: cases whose person doesn't know of a paper or a deadline.

While a channel is out, and for three days after, it lists the open cases of one's offices in which
a paper waits for its 送达 or the person's own time runs, the word of it was meant to go out by that
channel and did not, and nobody has opened it on the site.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.db.models import Count, Q

from tongban.accounts.actors import Actor
from tongban.accounts.personal import mask_name, mask_phone
from tongban.notices.models import Notice, Outage
from tongban.notices.rendering import last_moment
from workflows.cases.declarations import APPLICANT
from workflows.cases.models import Document, Party, Service
from workflows.cases.unheard import unheard_in

from ..door import cases_at_desk

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

# An office has a few dozen at most; more than that is read by nobody in a morning.
MOST = 300
STILL_CALLED = dt.timedelta(days=3)


@dataclass(frozen=True)
class Call:
    """Somebody to be phoned: `who` and `phone` masked; `look`: where the number is shown in full.

    says: what they must be told; due: the last day in words; tries: how often nobody answered;
    papers: ids of the documents that wait.
    """

    number: str
    token: int
    matter: str
    who: str
    phone: str
    look: str
    says: str
    due_at: dt.datetime | None
    due: str
    tries: int
    papers: tuple[int, ...]


def recent_outages(now: dt.datetime) -> list[Outage]:
    """Open, or ended within the last three days. One statement."""
    return list(Outage.objects.filter(Q(ended_at=None) | Q(ended_at__gt=now - STILL_CALLED)))


def calls_for(actor: Actor, outages: Sequence[Outage], *, number: str = "") -> list[Call]:
    """The office's list, the nearest deadline first. Five statements; none where nothing was out.

    number: that case alone.
    """
    if not outages or not actor.desks:
        return []
    cases = _candidates(actor, number)
    unheard = {
        number: [word.notice for word in words if word.reached_at is None]
        for number, words in unheard_in(cases, outages).items()
    }
    cases = [case for case in cases if unheard.get(case.number)]
    people = _people([case.pk for case in cases])
    documents = {i for case in cases for i in case.facts.get("unserved", [])}
    papers = Document.objects.filter(pk__in=documents).in_bulk()
    tries = _tries(documents)
    calls = [
        _call(case, unheard[case.number], people.get(case.pk, []), papers, tries) for case in cases
    ]
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted((c for c in calls if c), key=lambda call: (call.due_at or last, call.number))


def _candidates(actor: Actor, number: str) -> list[Flow]:
    waits = Q(facts__unserved__0__isnull=False)
    runs = Q(holder=APPLICANT, hop_due_at__isnull=False)
    rows = cases_at_desk(actor).filter(
        waits | runs, closed_at=None, office_ids__overlap=sorted(actor.desks)
    )
    if number:
        rows = rows.filter(number=number)
    return cast("list[Flow]", list(rows.select_related("matter").order_by("-entered_at")[:MOST]))


def _people(case_ids: Sequence[int]) -> dict[int, list[Party]]:
    people: dict[int, list[Party]] = {}
    for party in Party.objects.filter(case_id__in=case_ids).order_by("id"):
        people.setdefault(party.case_id, []).append(party)
    return people


def _tries(document_ids: Iterable[int]) -> dict[int, int]:
    failed = Service.objects.filter(document_id__in=list(document_ids), succeeded=False)
    counted = failed.order_by().values_list("document_id").annotate(Count("pk"))
    return dict(counted)


def _call(
    case: Flow,
    unheard: Sequence[Notice],
    parties: Sequence[Party],
    papers: dict[int, Document],
    tries: dict[int, int],
) -> Call | None:
    told = {notice.user_id for notice in unheard}
    party = next((p for p in parties if p.user_id in told), None)
    if party is None:
        return None
    waiting = tuple(i for i in case.facts.get("unserved", []) if i in papers)
    names = [f"{papers[i].get_kind_display()}（{papers[i].number}）" for i in waiting]
    return Call(
        number=case.number,
        token=case.seq,
        matter=case.matter.name,
        who=mask_name(party.name),
        phone=mask_phone(str(party.phone)) if party.phone else "",
        look=f"/desk/{case.number}/look/party.{party.pk}.phone/" if party.phone else "",
        says="、".join(names) or case.current.hint,
        due_at=case.hop_due_at if case.holder == APPLICANT else None,
        due=last_moment(case.hop_due_at) if case.holder == APPLICANT else "",
        tries=max((tries.get(i, 0) for i in waiting), default=0),
        papers=waiting,
    )
