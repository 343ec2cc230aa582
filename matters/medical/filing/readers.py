"""Whose cover, and which filings: readers for pages, flows and clerks."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from matters.medical.models import Filing, Insured
from tongban.accounts.models import User
from tongban.accounts.personal import blind_index


def insured_by_id_number(id_number: str, *, on: date) -> Insured | None:
    """The cover of the person with this ID number on that day, or the one they had last.

    None if neither agency's register has them. One statement.
    """
    return _of_index(blind_index(id_number, "id_number"), on)


def insured_of(user: User, *, on: date) -> Insured | None:
    """The cover of who is signed in; None without an ID number or cover. At most one statement."""
    return _of_index(user.id_number_index or "", on)


def filings_of(insured: Insured) -> QuerySet[Filing]:
    """All filings of a person, the newest first, whatever became of them; deemed ones too."""
    rows = Filing.objects.filter(insured=insured).select_related("destination")
    return rows.order_by("-filed_at", "-id")


def active_filings(insured: Insured, *, on: date) -> list[Filing]:
    """What is filed and in force on that day, the newest first; nothing deemed. One statement."""
    rows = filings_of(insured).filter(state=Filing.State.ACTIVE, valid_from__lte=on)
    return [row for row in rows.exclude(kind=Filing.Kind.EMERGENCY) if in_force(row, on)]


def standing_filings(insured: Insured, *, on: date) -> list[Filing]:
    """What has not ended by that day, from whatever day it holds; nothing deemed. One statement."""
    unended = Q(valid_to=None) | Q(valid_to__gte=on)
    rows = filings_of(insured).filter(unended, state=Filing.State.ACTIVE)
    return list(rows.exclude(kind=Filing.Kind.EMERGENCY))


def in_force(filing: Filing, on: date) -> bool:
    """Whether the filing holds on that day: first and last day included, up to the day it ended."""
    return counts_for(filing, on=on)


def counts_for(filing: Filing, *, on: date, open_since: date | None = None) -> bool:
    """Whether a visit begun on `open_since` (or on the day itself) and settled on `on` has it.

    It must have been made by the day of settlement, and not have ended before the visit began:
    who was admitted inside the validity settles by it however long the stay, and one made after
    admission counts until 出院结算.
    """
    began = open_since or on
    within = filing.valid_to is None or began <= filing.valid_to
    return (
        filing.valid_from <= on and within and (filing.ended_on is None or began < filing.ended_on)
    )


def _of_index(index: str, on: date) -> Insured | None:
    if not index:
        return None
    rows = Insured.objects.filter(id_number_index=index, valid_from__lte=on)
    # The newest cover is the last one; one that ended answers if nothing followed it.
    return rows.select_related("pool").order_by("-valid_from", "-id").first()
