"""异地贷款标记: an account of one city that secures a loan of another, from the receipt until it is settled.

Who writes holds the account's row first, as the ledger does, so that a mark and a withdrawal or a move of
the same account come one after the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from .ledger.posting import held
from .models import Account, Borrower, Loan, Mark

REPAYMENT = "repayment"


class MarkRefused(ValueError):
    """Nothing was written; the text is for people."""


@dataclass(frozen=True)
class Moved:
    """One live loan whose account has moved. old: the mark that was lifted, None where there was none;
    new: the one set instead, None where the account came to the loan's own centre."""

    loan: Loan
    old: Mark | None
    new: Mark | None

    @property
    def becomes_cross_city(self) -> bool:
        """It was a local loan until the account left."""
        return self.old is None and self.new is not None


def set_mark(*, account_id: int, loan: Loan, at: dt.datetime) -> Mark:
    """Mark the account for a live loan of another centre. Twice is once. Raises MarkRefused.

    Four statements.
    """
    with transaction.atomic():
        account = held(account_id)[account_id]
        if account.status == Account.Status.CLOSED:
            raise MarkRefused(f"账户{account.number}已销户，不能标记。")
        now = Loan.objects.get(pk=loan.pk)
        if now.state == Loan.State.SETTLED:
            raise MarkRefused(f"贷款{loan.number}已结清，不用标记。")
        if now.centre_id == account.centre_id:
            raise MarkRefused("贷款就在本中心，不作异地贷款标记。")
        return _standing(account, now) or _set(account, now, at)


def lift_mark(*, account_id: int, loan: Loan, at: dt.datetime, because: str) -> Mark | None:
    """Only of a loan that is settled. None where none stood: twice is once. Raises MarkRefused."""
    with transaction.atomic():
        account = held(account_id)[account_id]
        if Loan.objects.get(pk=loan.pk).state != Loan.State.SETTLED:
            raise MarkRefused(f"贷款{loan.number}还没有结清，不能解除标记。")
        standing = _standing(account, loan)
        if standing is not None:
            _lift(standing, at, because)
        return standing


def moved(*, old: Account, new: Account, at: dt.datetime) -> list[Moved]:
    """The person's account is at another centre now: its live loans go on with the new one.

    Marked there from the 账户信息表, without a new certificate, in the transaction in which the money is
    booked: at no moment is a live loan without a mark. A local loan becomes a cross-city one; a mark
    ends where the account comes to the loan's own centre. Three statements, and five a loan.
    """
    with transaction.atomic():
        held(old.pk, new.pk)
        rows = Borrower.objects.select_related("loan").filter(account=old).order_by("pk")
        return [_move(row, old, new, at) for row in rows.exclude(loan__state=Loan.State.SETTLED)]


def _move(row: Borrower, old: Account, new: Account, at: dt.datetime) -> Moved:
    row.account = new
    row.save(update_fields=["account"])
    before = _standing(old, row.loan)
    if before is not None:
        _lift(before, at, "账户转移，标记随账户信息表转出")
    if row.loan.centre_id == new.centre_id:
        return Moved(row.loan, before, None)
    return Moved(row.loan, before, _standing(new, row.loan) or _set(new, row.loan, at))


def _standing(account: Account, loan: Loan) -> Mark | None:
    found: Mark | None = Mark.objects.filter(
        account=account, loan_key=loan.number, lifted_at=None
    ).first()
    return found


def _set(account: Account, loan: Loan, at: dt.datetime) -> Mark:
    return Mark.objects.create(
        account=account, loan_key=loan.number, loan_centre_id=loan.centre_id, marked_at=at
    )


def _lift(mark: Mark, at: dt.datetime, because: str) -> None:
    mark.lifted_at, mark.lifted_because = at, because[:100]
    mark.save(update_fields=["lifted_at", "lifted_because"])


def live_loans_of(account_ids: Iterable[int]) -> QuerySet[Loan]:
    """Loans, local or of another city, that these accounts secure and that are not settled."""
    live = Loan.objects.exclude(state=Loan.State.SETTLED)
    return live.filter(borrowers__account__in=list(account_ids)).distinct().order_by("released_on")


def withdrawal_refused(account_id: int, *, kind: str, loan_number: str = "") -> str:
    """Why a marked account pays nothing out for this; "" where it may. One statement.

    The loan's own repayment is what the account stands for and may be withdrawn for. Which other kinds
    a loan forbids no source lists: while the mark stands all are refused, and the sentence names the
    loan, so that somebody who has settled it knows what is missing.
    """
    standing = Mark.objects.filter(account_id=account_id, lifted_at=None)
    numbers = list(standing.order_by("pk").values_list("loan_key", flat=True))
    if not numbers or (kind == REPAYMENT and loan_number in numbers):
        return ""
    return f"账户带有异地贷款标记（合同{'、'.join(numbers)}），结清并解除标记以前只能提取偿还这笔贷款。"


def unmarked() -> QuerySet[Borrower]:
    """Accounts that secure a live loan of another centre and bear no mark of it. One statement.

    Also an account that was closed without its loans going along.
    """
    mark = Mark.objects.filter(
        account=OuterRef("account"), loan_key=OuterRef("loan__number"), lifted_at=None
    )
    rows = Borrower.objects.exclude(loan__state=Loan.State.SETTLED)
    rows = rows.filter(~Q(account__centre=F("loan__centre")) & ~Exists(mark))
    return rows.select_related("loan", "account").order_by("loan__released_on", "pk")
