import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from tongban.offices.models import Office
from workflows.exchange.bank import Bank, Refused
from workflows.exchange.keys import issue_key

EVERY_SECONDS = 20.0


class Command(BaseCommand):
    help = "Run the demonstration bank: it polls the API over HTTP and answers financing demands."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", default=settings.SITE_URL)
        parser.add_argument("--office", default="510000-bank", help="the branch's code")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--once", action="store_true", help="answer what waits, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("只在演示环境运行")
        office = Office.objects.filter(code=options["office"], kind="bank").first()
        if office is None:
            raise CommandError(f"没有这家示范银行：{options['office']}")
        # A key for this run only: it lies in no file, and ends with the next run's.
        key = issue_key(system="demonstration-bank", name=f"{office.name}系统", offices=[office])
        bank = Bank(options["site"].rstrip("/"), key, office.code, options["seed"])
        # From here on it is a stranger to the database.
        connections.close_all()
        if options["once"]:
            self.stdout.write(f"answered {bank.answer_all()}")
            return
        self._serve(bank)

    def _serve(self, bank: Bank) -> None:
        """Until SIGTERM or SIGINT; a site that is down for a moment is asked again."""
        stop = threading.Event()
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, lambda *_: stop.set())
        while not stop.is_set():
            try:
                if answered := bank.answer_all():
                    self.stdout.write(f"answered {answered}")
                    self.stdout.flush()
            except (OSError, Refused) as problem:
                self.stderr.write(f"later: {problem}")
            stop.wait(EVERY_SECONDS)
