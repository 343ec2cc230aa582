"""个人账户, one's own and those of the family that may pay: read under lock, moved with an entry each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, Q, QuerySet

from matters.medical.models import FamilyAccount, Insured, KeptRules

# Balances and their entries in one statement: what an entry says is what the row then holds.
_MOVE = """
WITH moved AS (
    UPDATE medical_insured AS person SET account_balance = account_balance + asked.amount
    FROM unnest(%(ids)s::bigint[], %(amounts)s::numeric[]) AS asked (id, amount)
    WHERE person.id = asked.id
    RETURNING person.id, asked.amount, person.account_balance
)
INSERT INTO medical_accountentry (insured_id, settlement_id, key, amount, after, at, reason)
SELECT id, %(settlement)s, %(key)s || ':' || id, amount, account_balance, %(at)s, %(reason)s FROM moved
"""


@dataclass(frozen=True, slots=True)
class People:
    """The insured and, in the order in which they pay, those of the family whose accounts are open.

    `is_book_kept`: whether the rule book that was asked about is among the kept ones.
    """

    insured: Insured
    payers: tuple[Insured, ...]
    is_book_kept: bool = False

    @property
    def own(self) -> Decimal:
        return self.insured.account_balance

    @property
    def family(self) -> Decimal:
        return sum((payer.account_balance for payer in self.payers), Decimal(0))

    def draws(self, *, own: Decimal, family: Decimal) -> dict[int, Decimal]:
        """Who pays what, as negative amounts by insured id; the family's in turn until it is enough."""
        amounts = {self.insured.pk: -own} if own else {}
        for payer in self.payers:
            part = min(family, payer.account_balance)
            if part:
                amounts[payer.pk] = -part
                family -= part
        return amounts


def people(
    *,
    insured_id: int,
    treated_at: str,
    on: dt.date,
    is_locked: bool = False,
    rule_book: str = "",
) -> People:
    """One statement; raises Insured.DoesNotExist. Rows are locked by id, so that two never wait for each other."""
    kept = KeptRules.objects.filter(digest=rule_book)
    rows = _concerned(insured_id, treated_at, on).annotate(is_book_kept=Exists(kept))
    found = {row.pk: row for row in (locked(rows) if is_locked else rows)}
    if insured_id not in found:
        raise Insured.DoesNotExist
    insured = found.pop(insured_id)
    return People(insured, tuple(found.values()), getattr(insured, "is_book_kept", False))


def locked(rows: QuerySet[Insured]) -> QuerySet[Insured]:
    """Nobody else books for these people until the transaction ends; keys to their rows stay free to write."""
    return rows.select_for_update(no_key=True, of=("self",))


def _concerned(insured_id: int, treated_at: str, on: dt.date) -> QuerySet[Insured]:
    links = FamilyAccount.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), member_id=insured_id, valid_from__lte=on
    )
    # A region's code begins with its province's: 重庆 and each city of 四川 are pools of their own.
    at_home = Q(member__pool__code__startswith=treated_at[:2])
    links = links.filter(at_home | Q(is_open_across_provinces=True))
    wanted = Q(pk=insured_id) | Q(pk__in=links.values("payer_id"))
    return without_names(Insured.objects.filter(wanted)).order_by("pk")


def without_names(rows: QuerySet[Insured]) -> QuerySet[Insured]:
    """What the ledger needs of a person: neither name nor number is read."""
    return rows.only("pk", "pool_id", "insured_type", "person_class", "born_on", "account_balance")


def move(
    *,
    amounts: Mapping[int, Decimal],
    key: str,
    at: dt.datetime,
    settlement_id: int | None = None,
    reason: str = "",
) -> None:
    """Changes the balances by these amounts, with an entry each: one statement. The rows are locked already."""
    if not amounts:
        return
    ids: Sequence[int] = sorted(amounts)
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            {
                "ids": list(ids),
                "amounts": [amounts[person] for person in ids],
                "settlement": settlement_id,
                "key": key,
                "at": at,
                "reason": reason,
            },
        )
