from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workflows.flows.simulation.shared_data import play_shared_data


class Command(BaseCommand):
    help = "Let the newest open cases of the demonstration ask the register in the database."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(
            f"共享数据查询：{play_shared_data(now=timezone.now(), today=timezone.localdate())} 次"
        )
