"""`manage.py clear_month`: what the clearing between the provinces has to do today."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from workflows.flows.clearing_calendar import NoAgency, run_clearing
from workflows.flows.clearing_month_acts import NoSuchMatter


class Command(BaseCommand):
    help = "Opens and cuts off clearing months, makes statements, begins advances. Again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", help="as of this moment (ISO, with its offset); now if left out"
        )

    def handle(self, *args: Any, at: str | None = None, **options: Any) -> None:
        moment = parse_datetime(at) if at else timezone.now()
        if moment is None or moment.tzinfo is None:
            raise CommandError(f"不是带时区的时刻：{at}")
        try:
            run = run_clearing(moment)
        except (NoAgency, NoSuchMatter) as error:
            raise CommandError(f"缺少基础数据：{error}") from error
        self.stdout.write(
            f"清算：新开 {len(run.opened)} 件，归集 {run.gathered} 笔，推进 {len(run.moved)} 件。"
        )
