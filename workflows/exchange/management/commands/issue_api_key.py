import datetime as dt
import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tongban.offices.models import Office
from workflows.exchange.keys import SystemNameTaken, issue_key


class Command(BaseCommand):
    help = "Give a system a new API key for its offices; its older keys end. The key is shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("system", help="small letters, digits and '-': what it is known by")
        parser.add_argument("--name", required=True, help="what people read: 示范银行核心系统")
        parser.add_argument("--office", action="append", required=True, help="an office's code")
        parser.add_argument("--grace-hours", type=int, default=0, help="older keys work so long")

    def handle(self, *args: Any, **options: Any) -> None:
        system = options["system"]
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,39}", system):
            raise CommandError("系统标识只含小写字母、数字和短横线，以字母开头")
        codes = options["office"]
        offices = list(Office.objects.filter(code__in=codes))
        if missing := set(codes) - {office.code for office in offices}:
            raise CommandError(f"没有这些机构：{'、'.join(sorted(missing))}")
        try:
            key = issue_key(
                system=system,
                name=options["name"],
                offices=offices,
                grace=dt.timedelta(hours=options["grace_hours"]),
            )
        except SystemNameTaken:
            raise CommandError(f"system-{system} 是一个人的账号，请换一个标识") from None
        self.stderr.write("密钥只显示这一次：")
        self.stdout.write(key)
