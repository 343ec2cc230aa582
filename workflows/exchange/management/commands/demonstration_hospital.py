import datetime as dt
import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from matters.medical.models import Institution, Insured
from tongban.offices.codes import pool_of
from workflows.exchange.hospital.demonstration import Books, Clinic, Hospitals, Patient, Refused
from workflows.exchange.hospital.offices import seat
from workflows.exchange.keys import issue_key

EVERY_SECONDS = 180.0
# So that a new demonstration has something to show.
FIRST = 12
COMPARE_EVERY = 6
SYSTEM = "demonstration-hospital"


class Command(BaseCommand):
    help = "Run the demonstration hospitals: they play visits of made-up people over HTTP."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", default=settings.SITE_URL)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--visits", type=int, help="play so many, compare the day, then end")
        parser.add_argument("--books", type=Path, help="where they keep what they have settled")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("只在演示环境运行")
        books = Books(options["books"])
        site = options["site"].rstrip("/")
        hospitals = Hospitals(site, _clinics(), _patients(), books, options["seed"])
        if not hospitals.clinics or not hospitals.patients:
            raise CommandError("还没有示范医药机构或参保人员：先运行 load_medical")
        # From here on they are strangers to the database.
        connections.close_all()
        if options["visits"] is not None:
            for word in _played(hospitals, range(options["visits"])):
                self.stdout.write(word)
            self.stdout.write(f"agreeing {hospitals.compare(timezone.localdate())}")
            return
        self._serve(hospitals)

    def _serve(self, hospitals: Hospitals) -> None:
        """Until SIGTERM or SIGINT; a site that is down for a moment is asked again."""
        stop = threading.Event()
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, lambda *_: stop.set())
        # Numbers of visits are never used twice: their messages would count as said before.
        nth = _moment()
        owed = 1 if hospitals.books.rows else FIRST
        while not stop.is_set():
            try:
                while owed and not stop.is_set():
                    nth, owed = nth + 1, owed - 1
                    hospitals.play(nth, timezone.localdate())
                    if nth % COMPARE_EVERY == 0:
                        hospitals.compare(timezone.localdate())
            except (OSError, Refused) as problem:
                self.stderr.write(f"later: {problem}")
            stop.wait(EVERY_SECONDS)
            owed = 1


def _played(hospitals: Hospitals, numbers: range) -> list[str]:
    return [hospitals.play(nth, timezone.localdate()) for nth in numbers]


def _moment() -> int:
    return int((timezone.now() - dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).total_seconds())


def _clinics() -> list[Clinic]:
    """Two hospitals of each province and a pharmacy of each, with a key for this run only."""
    rows = Institution.objects.filter(is_demonstration=True).exclude(open_visits=[])
    chosen: list[Institution] = []
    for province in ("50", "51"):
        here = (
            rows.filter(region__code__startswith=province).select_related("office").order_by("code")
        )
        chosen += here.filter(kind="hospital", open_visits__contains=["inpatient"])[:2]
        chosen += here.filter(kind="pharmacy")[:1]
    return [
        Clinic(
            each.code,
            issue_key(system=f"{SYSTEM}-{each.pk}", name=f"{each.name}系统", offices=[seat(each)]),
            pool_of(each.region_id),
            each.kind == "pharmacy",
        )
        for each in chosen
    ]


def _patients() -> list[Patient]:
    """The cards that people carry; theirs too whose benefits are frozen, or who have filed nothing."""
    rows = Insured.objects.filter(is_demonstration=True, valid_to=None).exclude(
        id_number_index=None
    )
    return [Patient(row.id_number or "", row.pool_id) for row in rows.order_by("psn_no")]
