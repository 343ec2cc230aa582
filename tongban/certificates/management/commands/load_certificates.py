from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from tongban.certificates.demonstration import fill_folders, fill_registers, load_registers


class Command(BaseCommand):
    help = (
        "Load the registers of certificates; in a demonstration, also what they state (idempotent)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        registers = load_registers()
        self.stdout.write(f"电子证照：可查询的登记 {registers} 类")
        if settings.DEMONSTRATION:
            stated, kept = fill_registers(), fill_folders(now=timezone.now())
            self.stdout.write(f"示范：登记的证照新增 {stated} 份，已领取 {kept} 份")
