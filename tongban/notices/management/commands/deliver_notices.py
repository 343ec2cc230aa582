"""Deliver what is owed, without any broker."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tongban.notices.dispatch import BUDGET, CARRIERS, deliver_due


class Command(BaseCommand):
    help = "Deliver the notices that are due. Safe beside workers and beside itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, help="at most so many messages")
        parser.add_argument(
            "--seconds",
            type=float,
            default=BUDGET.total_seconds(),
            help="begin no message after so many seconds (default %(default)s)",
        )

    def handle(self, *_: Any, limit: int | None, seconds: float, **__: Any) -> None:
        for carrier in CARRIERS:
            if not carrier.is_configured():
                self.stderr.write(f"{carrier.channel}: not set up; what it owes stays owed.")
        done = deliver_due(limit=limit, budget=timedelta(seconds=seconds))
        self.stdout.write(", ".join(f"{count} {name}" for name, count in asdict(done).items()))
