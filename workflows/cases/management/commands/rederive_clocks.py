import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from workflows.cases.clock_differences import Differing
from workflows.cases.clocks import SHANGHAI
from workflows.cases.colours import CLOCK_NAMES
from workflows.cases.recounting import rederive_open
from workflows.cases.timekeeping import INSTANT


class Command(BaseCommand):
    help = "Derive the clocks of all open cases anew and say which moved; run it after a calendar import."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出差异，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        dry = options["dry_run"]
        differing = written = 0
        for found in rederive_open(write=not dry):
            differing += 1
            written += found.is_written
            self.stdout.write("\n".join(lines_of(found)))
        self.stdout.write(f"时限有变 {differing} 件" + ("" if dry else f"，已重算 {written} 件"))


def lines_of(found: Differing) -> list[str]:
    """One line a clock: number, which clock, last day before and now."""
    return [
        f"{found.number} {CLOCK_NAMES.get(moved.clock, '自动办理')}："
        f"{_last_day(moved.was_due_at)} → {_last_day(moved.due_at)}"
        f"{'（暂定）' if moved.is_provisional else ''}"
        for moved in found.moved
    ]


def _last_day(due_at: dt.datetime | None) -> str:
    return f"{(due_at - INSTANT).astimezone(SHANGHAI):%Y-%m-%d}" if due_at else "中止"
