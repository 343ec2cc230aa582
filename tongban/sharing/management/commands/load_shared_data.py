from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tongban.sharing.demonstration.demands import make_demands
from tongban.sharing.demonstration.register import fill_register
from tongban.sharing.demonstration.size import fill_up


class Command(BaseCommand):
    help = "Fill the catalogue up to the zone's size and the register with invented people (demonstration)."

    def handle(self, *args: Any, **options: Any) -> None:
        holders, resources = fill_up()
        entries = fill_register()
        demands = make_demands(timezone.now())
        self.stdout.write(
            f"示范：部门 {holders} 个，数据资源新增 {resources} 类，登记记录新增 {entries} 条，"
            f"数据需求新增 {demands} 项"
        )
