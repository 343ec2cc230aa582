from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workflows.flows.simulation.clearing import play_clearing


class Command(BaseCommand):
    help = "Let the two provinces' agencies clear three months of invented settlements."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("示范清算只用于示范环境：请设置 DEBUG=1 后再运行。")
        self.stdout.write(f"示范清算：结算 {play_clearing(timezone.now())} 笔")
