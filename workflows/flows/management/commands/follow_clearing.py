from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workflows.flows.medical_visit_ends import follow_clearing


class Command(BaseCommand):
    help = "Let visits follow their clearing month: declared, cleared. A second run finds nothing to do."

    def handle(self, *args: Any, **options: Any) -> None:
        taken = follow_clearing(at=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"{taken} steps taken")
