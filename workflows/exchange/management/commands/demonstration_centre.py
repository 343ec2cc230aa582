import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from matters.housing_fund.models import Account
from tongban.offices.models import Office
from workflows.cases.models import Case
from workflows.exchange.caller import Refused
from workflows.exchange.centre import FLOW, Centre
from workflows.exchange.keys import issue_key

EVERY_SECONDS = 20.0


class Command(BaseCommand):
    help = "Run the demonstration centre: one housing-fund centre's system, which drives its transfers by the API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", default=settings.SITE_URL)
        parser.add_argument("--office", default="511700-housing_fund", help="the centre's code")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--once", action="store_true", help="answer what waits, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("只在演示环境运行")
        office = Office.objects.filter(code=options["office"], kind="housing_fund").first()
        if office is None:
            raise CommandError(f"没有这家公积金中心：{options['office']}")
        # A key for this run only: it lies in no file, and ends with the next run's.
        key = issue_key(system="demonstration-centre", name=f"{office.name}系统", offices=[office])
        centre = Centre(
            options["site"].rstrip("/"),
            key,
            office.code,
            options["seed"],
            depositors=_depositors(office),
            letters=_letters(office),
        )
        # From here on it is a stranger to the database.
        connections.close_all()
        if options["once"]:
            self.stdout.write(f"answered {centre.answer_all()}")
            return
        self._serve(centre)

    def _serve(self, centre: Centre) -> None:
        """Until SIGTERM or SIGINT; a site that is down for a moment is asked again."""
        stop = threading.Event()
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, lambda *_: stop.set())
        while not stop.is_set():
            try:
                if answered := centre.answer_all():
                    self.stdout.write(f"answered {answered}")
                    self.stdout.flush()
            except (OSError, Refused) as problem:
                self.stderr.write(f"later: {problem}")
            stop.wait(EVERY_SECONDS)


def _depositors(office: Office) -> dict[str, str]:
    """The centre's own people: what its core system has."""
    rows = Account.objects.kept_here().filter(centre=office).exclude(id_number_index=None)
    return {row.number: row.id_number or "" for row in rows}


def _letters(office: Office) -> set[str]:
    """Numbers of its transfers whose money is to come: what it wrote letters for."""
    rows = Case.objects.filter(flow=FLOW, closed_at=None, office_ids__contains=[office.pk])
    return {case.number for case in rows if case.office_of("receiving") == office.pk}
