from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matters.medical.models import Institution
from workflows.exchange.hospital.offices import seat


class Command(BaseCommand):
    help = (
        "Give hospitals their seat in visits, so that `issue_api_key` can name it (--office CODE)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", nargs="+", help="定点医药机构编号")

    def handle(self, *args: Any, **options: Any) -> None:
        found = {each.code: each for each in Institution.objects.filter(code__in=options["code"])}
        if missing := [code for code in options["code"] if code not in found]:
            raise CommandError(f"没有这些定点医药机构：{'、'.join(missing)}")
        for code in options["code"]:
            self.stdout.write(f"{seat(found[code]).code} {found[code].name}")
