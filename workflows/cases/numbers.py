"""Every number of a case: given at opening, fed back by other systems, and found by any of them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from stdnum import luhn

from .access import IsOneOf
from .models import Case, CaseNumber, ParcelItem

if TYPE_CHECKING:
    from .act import Act

LONGEST_NUMBER = 60


class NumberTaken(ValueError):
    """That number of that system has been fed back for another case."""


def plain_number(typed: str) -> str:
    """A number as it is kept and compared: no blanks, no full-width signs, capitals."""
    return "".join(unicodedata.normalize("NFKC", typed).split()).upper()


def case_number(region: str, on: dt.date, serial: int) -> str:
    """办件编号: place, day, serial, check digit, so that a slip of the finger is seen.

    The official layout was not found (lifecycle.md §2); this one is unique in the zone.
    """
    body = f"{region[:6]}{on:%y%m%d}{serial:07d}"
    return body + str(luhn.calc_check_digit(body))


def numbers_at_opening(case: Case, owner_region: str) -> list[CaseNumber]:
    """What a case between the provinces is called besides: by the owner's province, and by both.

    业务协同编号 has no published layout either: CY, day, serial, check digit. Unsaved.
    """
    if not case.crosses_border:
        return []
    body = f"{case.handed_in_on:%y%m%d}{case.pk:07d}"
    ours = {
        CaseNumber.Kind.OWNER: case_number(owner_region, case.handed_in_on, case.pk),
        CaseNumber.Kind.JOINT: f"CY{body}{luhn.calc_check_digit(body)}",
    }
    return [
        CaseNumber(case_id=case.pk, kind=kind, name=kind.label, number=number, seq=case.seq)
        for kind, number in ours.items()
    ]


def keep_numbers(act: Act) -> None:
    """Write the numbers that a step brought. One statement, none where it brought none.

    Raises NumberTaken.
    """
    if not act.numbers:
        return
    try:
        with transaction.atomic():
            CaseNumber.objects.bulk_create(act.numbers)
    except IntegrityError:
        raise NumberTaken from None


def is_taken(*, system: str, number: str, case_id: int) -> bool:
    """Whether the number was fed back from that system for another case. One statement."""
    same = CaseNumber.objects.filter(
        kind=CaseNumber.Kind.ELSEWHERE, system=system, number=plain_number(number)
    )
    return same.exclude(case_id=case_id).exists()


def known_as(typed: str) -> Q:
    """Cases that go by exactly this number: their own, another of theirs, a waybill, a 交接单号.

    Each part is read by an index of its own, once.
    """
    number = plain_number(typed)
    spellings = sorted({number, typed.strip()})
    others = CaseNumber.objects.filter(number=number)
    items = ParcelItem.objects.order_by()
    parts: tuple[QuerySet[Any], ...] = (
        others.values("case_id"),
        # The index of waybills leaves out the empty ones.
        items.exclude(parcel__waybill="").filter(parcel__waybill__in=spellings).values("case_id"),
        items.filter(parcel__number__in=spellings).values("case_id"),
    )
    meant = Q(number=number)
    for part in parts:
        meant |= Q(IsOneOf(F("pk"), ArraySubquery(part)))
    return meant


def numbers_of(case: Case) -> list[CaseNumber]:
    """All but its own, in the order in which they came. One statement."""
    return list(CaseNumber.objects.filter(case_id=case.pk).order_by("id"))
