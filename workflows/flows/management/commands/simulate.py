import datetime as dt
import gc
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from tqdm import tqdm

from tongban.notices.hints import unhinted
from workflows.cases.models import Case, Event
from workflows.cases.sweep import sweep_deadlines
from workflows.cases.waking import take_wakes
from workflows.flows.simulation.cast import NobodyToPlay, gather
from workflows.flows.simulation.play import Play, Share, steps_expected


class Command(BaseCommand):
    help = "Play weeks of invented cases through the engine; the same seed gives the same cases."
    # The first process was checked before; a second one would only check the same again.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--per-day", type=int, default=20)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
        parser.add_argument("--share", type=int, default=0, help="this process's part of the cases")
        parser.add_argument("--until", help="play up to this moment (ISO); default: now")

    def handle(self, *args: Any, **options: Any) -> None:
        days, per_day, share = options["days"], options["per_day"], options["share"]
        processes = options["processes"]
        if min(days, per_day, processes) < 1:
            raise CommandError("天数、每天件数和进程数都应至少为 1")
        until = options["until"] or timezone.localtime().isoformat()
        others = [] if share else [self._helper(n, until, options) for n in range(1, processes)]
        try:
            cast = gather(timezone.localdate())
        except NobodyToPlay:
            raise CommandError("没有示范人员，请先运行：python manage.py load_people") from None
        with connection.cursor() as cursor:
            # What a crash could lose here is invented: don't wait for the disk at every step.
            cursor.execute("SET synchronous_commit = off")
        play = Play(
            cast,
            seed=options["seed"],
            until=dt.datetime.fromisoformat(until),
            share=Share(share, processes),
        )
        total = steps_expected(days, per_day) // processes
        hidden = True if share else None
        with tqdm(total=total, unit="步", disable=hidden) as bar, collecting_seldom(), unhinted():
            play.run(days=days, per_day=per_day, tick=bar.update)
        if any(other.wait() for other in others):
            raise CommandError("有一个进程没有完成，请重新运行 simulate")
        if not share:
            swept = sweep_deadlines()
            take_wakes()
            self.stdout.write(
                f"共有办件 {Case.objects.count()} 件，流转记录 {Event.objects.count()} 条；"
                f"到期提醒 {swept.colours} 条"
            )

    def _helper(self, share: int, until: str, options: dict[str, Any]) -> subprocess.Popen[bytes]:
        """A second process for its share of the cases: a step waits for the database half of its time."""
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "simulate"]
        for name in ("days", "per_day", "seed", "processes"):
            command += [f"--{name.replace('_', '-')}", str(options[name])]
        return subprocess.Popen([*command, "--share", str(share), "--until", until])  # noqa: S603


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """What the play works with lives as long as it does: looking through it again and again for what could
    be let go took a quarter of its time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
