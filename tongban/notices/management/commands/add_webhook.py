import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tongban.notices.models import Endpoint
from tongban.notices.webhooks import UnfitAddress, require_fit
from tongban.offices.models import Office


class Command(BaseCommand):
    help = "Tell a system of what happens in its offices' cases; the signing secret is shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="https://…; in a demonstration also http://127.0.0.1")
        parser.add_argument("--name", required=True, help="what people read: 示范银行核心系统")
        parser.add_argument("--office", action="append", required=True, help="an office's code")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            require_fit(options["url"])
        except UnfitAddress:
            raise CommandError("地址须以 https:// 开头，不能带用户名") from None
        codes = options["office"]
        offices = list(Office.objects.filter(code__in=codes))
        if missing := set(codes) - {office.code for office in offices}:
            raise CommandError(f"没有这些机构：{'、'.join(sorted(missing))}")
        secret = secrets.token_urlsafe(32)
        Endpoint.objects.create(
            name=options["name"],
            url=options["url"],
            secret=secret,
            office_ids=sorted(office.pk for office in offices),
        )
        self.stderr.write("签名密钥只显示这一次：")
        self.stdout.write(secret)
