from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tongban.accounts.demonstration import load_people


class Command(BaseCommand):
    help = "Makes the demonstration people of every role. Again changes nothing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("示范人员只用于示范环境：请设置 DEBUG=1 后再运行。")
        loaded = load_people()
        self.stdout.write(
            f"示范人员 {loaded.people} 人（新增 {loaded.new_people}），"
            f"任职 {loaded.postings} 条（新增 {loaded.new_postings}）"
        )
