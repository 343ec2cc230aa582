"""`manage.py load_offices`: provinces, regions and offices from the project's own data files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tongban.offices.loading import load_offices
from tongban.offices.tables import BadData


class Command(BaseCommand):
    help = "载入两省市的行政区划与机构（可重复执行，只写有变化的）"

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            loaded = load_offices(today=timezone.localdate())
        except BadData as bad:
            raise CommandError(f"数据有错，什么也没有改：\n{bad}") from bad
        self.stdout.write(f"行政区划：{loaded.regions}\n机构：{loaded.offices}")
