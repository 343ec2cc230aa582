from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from matters.housing_fund.demonstration import load_housing_fund


class Command(BaseCommand):
    help = "Makes depositors, employers and loans of the demonstration at every centre. Again changes nothing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("示范公积金账户只用于示范环境：请设置 DEBUG=1 后再运行。")
        loaded = load_housing_fund(at=timezone.now())
        self.stdout.write(
            f"示范公积金账户 {loaded.accounts} 个（新增 {loaded.new}），示范贷款 {loaded.loans} 笔"
        )
