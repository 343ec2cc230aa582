from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tongban.sharing.loading import Unfit, load_resources


class Command(BaseCommand):
    help = "Load the catalogue of data resources: holders and what they keep (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_resources()
        except Unfit as unfit:
            raise CommandError(str(unfit)) from None
        self.stdout.write(f"数据资源：{loaded.holders} 个部门，{loaded.resources} 类")
