"""事项认领: readers of who offers what, and the two verbs that change it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from matters.catalogue.offering import MatterClaim


@dataclass(frozen=True, slots=True)
class Counter:
    """What an office says of itself when it claims a matter."""

    phone: str
    complaint_phone: str = ""
    place: str = ""
    hours: str = ""
    checklist: tuple[str, ...] = ()


def claims_of(office_ids: Collection[int], matter_id: int) -> dict[int, MatterClaim]:
    """By which claim each of these offices offers the matter; who doesn't is not in it. One statement."""
    mine = Q(matter_id=matter_id) | Q(matter=None)
    rows = MatterClaim.objects.filter(mine, office_id__in=office_ids)
    found: dict[int, list[MatterClaim]] = defaultdict(list)
    for row in rows:
        found[row.office_id].append(row)
    standing = {office: in_force(each).get(matter_id) for office, each in found.items()}
    return {office: claim for office, claim in standing.items() if claim is not None}


class Offered(dict[int | None, MatterClaim]):
    """The claims in force of one office by matter; `get` falls back on the one for everything."""

    def __init__(self, own: Mapping[int | None, MatterClaim], out: frozenset[int]) -> None:
        super().__init__(own)
        self.out = out

    def get(self, matter_id: int | None, default: object = None) -> MatterClaim | None:  # type: ignore[override]  # noqa: ARG002
        if matter_id in self:
            return self[matter_id]
        return None if matter_id in self.out else dict.get(self, None)


def in_force(rows: Iterable[MatterClaim]) -> Offered:
    """What all rows of one office come to. Pure."""
    kept = list(rows)
    own = {row.matter_id: row for row in kept if row.withdrawn_at is None}
    everything = own.get(None)
    since = everything.claimed_at if everything else None
    out = {
        row.matter_id
        for row in kept
        if row.matter_id and row.withdrawn_at and (since is None or row.withdrawn_at > since)
    }
    return Offered(own, frozenset(out - own.keys()))


def offered_by(office_id: int) -> Offered:
    """All that one office offers. One statement."""
    return in_force(MatterClaim.objects.filter(office_id=office_id))


def take_on(
    *,
    office_id: int,
    matter_ids: Sequence[int] | None,
    counter: Counter,
    by_id: int,
    at: dt.datetime | None = None,
) -> int:
    """Claim these matters, or everything (None), for an office; what was said before is ended.

    How many were claimed. Four statements, however many.
    """
    moment = at or timezone.now()
    wanted: list[int | None] = list(dict.fromkeys(matter_ids)) if matter_ids is not None else [None]
    with transaction.atomic():
        before = MatterClaim.objects.filter(_among(wanted), office_id=office_id, withdrawn_at=None)
        before.update(withdrawn_at=moment, withdrawn_by=by_id, withdrawn_why="重新认领")
        rows = [
            MatterClaim(
                office_id=office_id,
                matter_id=matter_id,
                phone=counter.phone,
                complaint_phone=counter.complaint_phone,
                place=counter.place,
                hours=counter.hours,
                checklist=list(counter.checklist),
                claimed_by_id=by_id,
                claimed_at=moment,
            )
            for matter_id in wanted
        ]
        # A colleague who claims the same this moment says the same: theirs stands.
        MatterClaim.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def lay_down(
    *,
    office_id: int,
    matter_ids: Sequence[int] | None,
    why: str,
    by_id: int,
    at: dt.datetime | None = None,
) -> int:
    """No longer offer these matters, or anything (None). How many. Three statements.

    One that was offered with everything else gets a row of its own that takes it out.
    """
    moment = at or timezone.now()
    ended = {"withdrawn_at": moment, "withdrawn_by_id": by_id, "withdrawn_why": why}
    with transaction.atomic():
        standing = MatterClaim.objects.filter(office_id=office_id, withdrawn_at=None)
        if matter_ids is None:
            return standing.update(**ended)
        everything = standing.filter(matter=None).first()
        count = standing.filter(matter_id__in=matter_ids).update(**ended)
        if everything is None:
            return count
        MatterClaim.objects.bulk_create(
            MatterClaim(
                office_id=office_id,
                matter_id=matter_id,
                phone=everything.phone,
                claimed_by_id=everything.claimed_by_id,
                claimed_at=everything.claimed_at,
                **ended,
            )
            for matter_id in dict.fromkeys(matter_ids)
        )
    return len(matter_ids)


def _among(wanted: Sequence[int | None]) -> Q:
    if None in wanted:
        # Claiming everything speaks for every single matter too.
        return Q()
    return Q(matter_id__in=wanted)
