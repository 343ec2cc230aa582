import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from workflows.throughput.counting import first_day, recount


class Command(BaseCommand):
    help = "Count the day tables from the events: every day since the first case, or the last N."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, help="only the last N days, today included")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        first = first_day() or today
        if options["days"] is not None:
            if options["days"] < 1:
                raise CommandError("天数应至少为 1")
            first = today - dt.timedelta(days=options["days"] - 1)
        days = [first + dt.timedelta(days=n) for n in range((today - first).days + 1)]
        counted = [recount(day) for day in tqdm(days, unit="天", disable=None)]
        events = sum(day.events for day in counted)
        changed = sum(len(day.changes) for day in counted)
        self.stdout.write(f"统计 {len(counted)} 天，流转记录 {events} 条，更正 {changed} 行")
