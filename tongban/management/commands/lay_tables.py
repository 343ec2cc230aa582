from typing import Any

from django.core.management.base import BaseCommand

from tongban.first_tables import lay_tables


class Command(BaseCommand):
    help = "建立或更新数据表：空库一次建成，已有的库执行迁移"

    def handle(self, *args: Any, **options: Any) -> None:
        lay_tables()
