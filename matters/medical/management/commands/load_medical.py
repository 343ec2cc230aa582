from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from matters.medical.demonstration import load_medical


class Command(BaseCommand):
    help = "Makes insured people, hospitals and pharmacies of the demonstration. Again changes nothing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("示范参保人员和医院只用于示范环境：请设置 DEBUG=1 后再运行。")
        loaded = load_medical(at=timezone.now())
        self.stdout.write(
            f"示范参保人员 {loaded.people} 人（新增 {loaded.new_people}），"
            f"定点医药机构 {loaded.institutions} 家（新增 {loaded.new_institutions}）"
        )
