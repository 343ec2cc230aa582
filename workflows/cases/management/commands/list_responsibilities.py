from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workflows.cases.responsibilities import list_responsibilities


class Command(BaseCommand):
    help = "Bring the responsibility list of shared data to what the matters in force say (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        listed = list_responsibilities(timezone.localdate())
        self.stdout.write(f"责任清单：新增 {listed.begun} 条，终止 {listed.ended} 条")
        if listed.nowhere:
            names = "、".join(sorted(listed.nowhere))
            self.stdout.write(f"以下数据还没有列入数据资源目录，事项仍按纸质材料办理：{names}")
