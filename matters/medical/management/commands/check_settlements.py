from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matters.medical.ledger.checking import differences
from matters.medical.models import Insured


class Command(BaseCommand):
    help = (
        "Derives the years and accounts of insured people anew from the ledger's entries, computes each"
        " settlement again by the rules it kept, and names every difference. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--insured", type=int, help="only the person with this id")
        parser.add_argument(
            "--year", type=int, help="only this calendar year; accounts are left out"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        people = Insured.objects.filter(year_entries__isnull=False) | Insured.objects.filter(
            account_entries__isnull=False
        )
        if options["insured"]:
            people = people.filter(pk=options["insured"])
        checked = found = 0
        for insured_id in people.order_by("pk").values_list("pk", flat=True).distinct().iterator():
            checked += 1
            for difference in differences(insured_id=insured_id, year=options["year"]):
                found += 1
                self.stdout.write(str(difference))
        if found:
            raise CommandError(f"查了 {checked} 人的账，有 {found} 处不符。")
        self.stdout.write(f"查了 {checked} 人的账，全部相符。")
