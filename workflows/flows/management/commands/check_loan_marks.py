"""`manage.py check_loan_marks`: live loans of other cities whose account bears no mark."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workflows.cases.places import office_name
from workflows.flows.loan_check import check_loan_marks


class Command(BaseCommand):
    help = "Find accounts that secure a live loan of another city and bear no mark; tell both centres once a day."

    def handle(self, *args: Any, **options: Any) -> None:
        found = check_loan_marks(at=timezone.now())
        for row in found:
            self.stdout.write(
                f"未标记：合同 {row.loan.number}，{office_name(row.loan.centre_id)} 贷款，"
                f"{office_name(row.account.centre_id)} 账户 {row.account.number}"
            )
        if options["verbosity"]:
            self.stdout.write(f"未标记的异地贷款：{len(found)} 个账户。")
