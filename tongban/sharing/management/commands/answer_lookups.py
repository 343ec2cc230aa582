from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tongban.sharing.asking import answer_due
from tongban.sharing.demands import mark_overdue
from tongban.sharing.models import LookUp


class Command(BaseCommand):
    help = (
        "Ask again what registers still owe, and tell of overdue demands: as beat does, without it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        counts = answer_due(now=now)
        names = dict(LookUp.State.choices)
        told = "，".join(f"{names[state]} {count}" for state, count in sorted(counts.items()))
        self.stdout.write(f"查询：{told or '没有到期的'}；提醒逾期需求 {mark_overdue(now=now)} 项")
