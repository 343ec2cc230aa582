from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from tqdm import tqdm

from workflows.cases.sweep import sweep_deadlines
from workflows.flows.simulation.cast import NobodyToPlay, gather
from workflows.flows.simulation.play import Play, steps_expected


class Command(BaseCommand):
    help = "Play weeks of invented cases through the engine; the same seed gives the same cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--per-day", type=int, default=20)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        days, per_day = options["days"], options["per_day"]
        if days < 1 or per_day < 1:
            raise CommandError("天数和每天件数都应至少为 1")
        now = timezone.localtime()
        try:
            cast = gather(now.date())
        except NobodyToPlay:
            raise CommandError("没有示范人员，请先运行：python manage.py load_people") from None
        with connection.cursor() as cursor:
            # What a crash could lose here is invented: don't wait for the disk at every step.
            cursor.execute("SET synchronous_commit = off")
        play = Play(cast, seed=options["seed"], until=now)
        with tqdm(total=steps_expected(days, per_day), unit="步", disable=None) as bar:
            played = play.run(days=days, per_day=per_day, tick=bar.update)
        swept = sweep_deadlines(now=now)
        self.stdout.write(
            f"办件 {played.opened}，步骤 {played.steps}，无人可办 {played.stuck}，提醒 {swept.colours}"
        )
