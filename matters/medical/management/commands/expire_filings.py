"""End the filings that ran out, without any broker."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from matters.medical.filing import expire_due


class Command(BaseCommand):
    help = (
        "End filings 备案 that ran out before today, and those whose cover ended. Safe to repeat."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        swept = expire_due(on=timezone.localdate())
        self.stdout.write(f"{swept.expired} expired, {swept.voided} void")
