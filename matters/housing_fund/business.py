"""What is under way on an account: while it is, the account does not leave and certifies nothing else."""

from __future__ import annotations

from .models import Account, LoanCertificate, Withdrawal


def pending_loans(account: Account) -> list[str]:
    """Applications in other cities that rest on a certificate of this account and are not decided yet,
    in sentences. One statement."""
    held = LoanCertificate.objects.filter(account=account, state=LoanCertificate.State.VERIFIED)
    numbers = held.order_by("pk").values_list("case_number", flat=True)
    return [f"有在办的异地贷款申请（办件{number}）" for number in numbers]


def open_business(account: Account) -> list[str]:
    """Those, and withdrawals that are settled and not paid yet. Two statements."""
    claimed = Withdrawal.objects.filter(account=account, state=Withdrawal.State.CLAIMED)
    paying = [
        f"有待支付的{row.get_kind_display()}（办件{row.case_number}）"
        for row in claimed.order_by("pk")
    ]
    return pending_loans(account) + paying
