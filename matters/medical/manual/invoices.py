"""Claiming invoices: one unique row an invoice decides between two claims, in whichever province."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from matters.medical.models import ClaimedInvoice, Institution
from tongban.accounts.personal import blind_index

TAIL = 4


@dataclass(frozen=True)
class Invoice:
    """An invoice as somebody typed it: 票据代码, 票据号码, yuan."""

    code: str
    number: str
    amount: Decimal

    @property
    def identity(self) -> str:
        return f"{normalised(self.code)}-{normalised(self.number)}"

    @property
    def tail(self) -> str:
        return normalised(self.number)[-TAIL:]


def normalised(typed: str) -> str:
    """Letters and digits only, upper case: full-width signs, spaces and dashes make no other invoice."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(sign for sign in plain if sign.isalnum())


def total_of(invoices: Sequence[Invoice]) -> Decimal:
    return sum((invoice.amount for invoice in invoices), Decimal(0))


def claim(
    invoices: Sequence[Invoice],
    *,
    case_number: str,
    office_id: int,
    at: dt.datetime,
    institution: Institution | None = None,
    hospital_name: str = "",
) -> list[ClaimedInvoice]:
    """Claim them for a case; the live claims of other cases on the same invoices. Two statements.

    Waits for whoever claims one of them at this moment. What the case has claimed already stays.
    """
    rows = [
        ClaimedInvoice(
            invoice_number=invoice.identity,
            tail=invoice.tail,
            amount=invoice.amount,
            institution=institution,
            hospital_name=hospital_name,
            case_number=case_number,
            office_id=office_id,
            claimed_at=at,
        )
        for invoice in invoices
    ]
    # In one order, so that two claims of the same invoices never wait for each other.
    rows.sort(key=lambda row: index_of(row.invoice_number))
    ClaimedInvoice.objects.bulk_create(rows, ignore_conflicts=True)
    return claimed_elsewhere(invoices, case_number=case_number)


def claimed_elsewhere(invoices: Sequence[Invoice], *, case_number: str) -> list[ClaimedInvoice]:
    """Live claims of other cases on these invoices. One statement."""
    indexes = {index_of(invoice.identity) for invoice in invoices}
    live = ClaimedInvoice.objects.filter(invoice_number_index__in=indexes, released_at=None)
    return list(live.exclude(case_number=case_number).select_related("office").order_by("id"))


def release(*, case_number: str, at: dt.datetime, reason: str) -> None:
    """A case that was refused or withdrawn claims nothing any more. One statement."""
    live = ClaimedInvoice.objects.filter(case_number=case_number, released_at=None)
    live.update(released_at=at, release_reason=reason[:200])


def index_of(identity: str) -> str:
    """The keyed index at which two claims of one invoice meet."""
    return blind_index(identity, "invoice_number")
