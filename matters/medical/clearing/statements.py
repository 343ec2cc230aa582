"""The statement 清算单 of a month: declared lines summed, deductions taken off, bound by a digest."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet, Sum

from matters.medical.models import (
    ClearingAmount,
    ClearingLine,
    ClearingMonth,
    Deduction,
    LineDispute,
    Signature,
    Statement,
)

from . import gathering
from .differences import differing
from .money import post_dispute, post_owed, unpost_owed

Status = ClearingLine.Status
ZERO = Decimal(0)


@dataclass(frozen=True)
class Total:
    """One row of a month's totals. city: the 统筹区 of 四川 on whichever side it is (second tier)."""

    city: str
    pool: str
    insured_type: str
    fund_pay_type: str
    lines: int
    amount: Decimal

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "amount": f"{self.amount:.2f}"}


def totals(lines: QuerySet[ClearingLine]) -> list[Total]:
    """Counted amounts by pool × insured type × fund. One statement."""
    cut = ("line__city", "line__pool", "line__insured_type", "fund_pay_type")
    rows = (
        ClearingAmount.objects.filter(line__in=lines)
        .values(*cut)
        .annotate(lines=Count("line"), total=Sum(F("amount") - F("excluded")))
        .order_by(*cut)
    )
    return [
        Total(
            city=row["line__city"],
            pool=row["line__pool"],
            insured_type=row["line__insured_type"],
            fund_pay_type=row["fund_pay_type"],
            lines=row["lines"],
            amount=row["total"],
        )
        for row in rows
    ]


def declare(month: ClearingMonth, at: dt.datetime) -> tuple[int, int]:
    """Declare the month's lines; (declared, carried over). What is disputed or differs is carried.

    Raises gathering.NoMonthOpen where something must be carried and no later month is open.
    """
    with transaction.atomic():
        ClearingMonth.objects.select_for_update().get(pk=month.pk)
        gathering_late = _held_back(month)
        for line in gathering_late:
            target = gathering.carry_over(line, month)
            if line.status == Status.DISPUTED:
                _move_held(line, month, target, at)
        return gathering.declare(month, at), len(gathering_late)


def issue(month: ClearingMonth, *, at: dt.datetime, number: str) -> Statement:
    """The statement of a declared month; takes off the deductions that wait. About eight statements."""
    lines = ClearingLine.objects.filter(month=month, status=Status.DECLARED)
    sums = totals(lines)
    waiting = Deduction.objects.filter(
        treated_province=month.treated_province,
        insured_province=month.insured_province,
        month=None,
        found_at__lte=at,
    )
    waiting.update(month=month)
    deductions = list(Deduction.objects.filter(month=month).order_by("id"))
    gross = sum((row.amount for row in sums), ZERO)
    deducted = sum((row.amount for row in deductions), ZERO)
    version, line_count = month.statements.count() + 1, lines.count()
    content = {
        "month": month.month,
        "treated": month.treated_province,
        "insured": month.insured_province,
        "version": version,
        "lines": line_count,
        "lines_digest": lines_digest(lines),
        "totals": [row.as_json() for row in sums],
        "deductions": [
            {"institution": d.institution_id, "amount": f"{d.amount:.2f}", "reason": d.reason}
            for d in deductions
        ],
        "gross": f"{gross:.2f}",
        "deducted": f"{deducted:.2f}",
        "payable": f"{gross - deducted:.2f}",
    }
    statement = Statement.objects.create(
        month=month,
        version=version,
        line_count=line_count,
        gross=gross,
        deducted=deducted,
        payable=gross - deducted,
        content=content,
        digest=digest_of(content),
        document_number=number,
        issued_at=at,
    )
    owed: dict[tuple[str, str], Decimal] = {}
    for row in sums:
        key = row.insured_type, row.fund_pay_type
        owed[key] = owed.get(key, ZERO) + row.amount
    post_owed(
        month,
        [(*key, amount) for key, amount in owed.items()],
        deducted,
        key=f"statement:{statement.pk}",
        at=at,
    )
    return statement


def void(month: ClearingMonth, *, reason: str, at: dt.datetime) -> int:
    """Void the statement in force with its signatures, and open its lines again; how many signatures.

    Deductions wait for the next statement. The lines keep their month; the ledger keeps it too: what was
    declared once is taken back by a later month's negative line only.
    """
    statement = in_force(month)
    if statement is None:
        return 0
    voided = Signature.objects.filter(statement=statement, voided_at=None).update(voided_at=at)
    Statement.objects.filter(pk=statement.pk).update(voided_at=at, void_reason=reason)
    Deduction.objects.filter(month=month).update(month=None)
    ClearingLine.objects.filter(month=month, status=Status.DECLARED).update(status=Status.OPEN)
    unpost_owed(month, key=f"statement:{statement.pk}", at=at)
    return voided


def in_force(month: ClearingMonth) -> Statement | None:
    """The month's statement that no dispute has voided. One statement."""
    return Statement.objects.filter(month=month, voided_at=None).first()


def put_signature(
    *,
    month: ClearingMonth,
    digest: str,
    side: str,
    office_id: int,
    user_id: int,
    at: dt.datetime,
) -> Signature | None:
    """Put a side's signature under the statement of that digest; None if it is in force no more.

    The statement's row is locked: signing and voiding at one moment come one after the other.
    """
    found = (
        Statement.objects.select_for_update()
        .filter(month=month, voided_at=None, digest=digest)
        .first()
    )
    if found is None or digest_of(found.content) != digest:
        return None
    return Signature.objects.create(
        statement=found,
        side=side,
        office_id=office_id,
        signed_by_id=user_id,
        signed_at=at,
        digest=digest,
    )


def is_signed(month: ClearingMonth) -> bool:
    """Both sides have signed the statement in force. One statement."""
    rows = Signature.objects.filter(
        statement__month=month, statement__voided_at=None, voided_at=None
    )
    return set(rows.values_list("side", flat=True)) == {"treated", "insured"}


def digest_of(content: dict[str, Any]) -> str:
    """sha256 of the canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def lines_digest(lines: QuerySet[ClearingLine]) -> str:
    """sha256 over settlement number, sign and counted amount of each line, by number and sign."""
    hashed = hashlib.sha256()
    for text in _line_texts(lines):
        hashed.update(text.encode())
    return hashed.hexdigest()


def _line_texts(lines: QuerySet[ClearingLine]) -> Iterator[str]:
    rows = lines.order_by("origin__setl_id", "sign").values_list(
        "origin__setl_id", "sign", "claimed", "excluded"
    )
    for setl_id, sign_, claimed, excluded in rows.iterator():
        yield f"{setl_id}|{sign_:+d}|{claimed - excluded:.2f}\n"


def _held_back(month: ClearingMonth) -> list[ClearingLine]:
    mine = ClearingLine.objects.filter(month=month)
    disputed = mine.filter(status=Status.DISPUTED)
    differ = differing(mine.filter(status=Status.OPEN))
    return sorted({*disputed, *differ}, key=lambda line: line.pk)


def _move_held(
    line: ClearingLine, month: ClearingMonth, target: ClearingMonth, at: dt.datetime
) -> None:
    dispute = LineDispute.objects.get(line=line, state__in=("raised", "evidence"))
    key = f"dispute:{dispute.pk}:carried:{line.carried + 1}"
    post_dispute(month, -line.counted, key=f"{key}:out", at=at)
    post_dispute(target, line.counted, key=f"{key}:in", at=at)
