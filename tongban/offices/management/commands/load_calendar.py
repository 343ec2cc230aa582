"""`manage.py load_calendar`: the working-day calendar from the project's own data."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tongban.offices.calendar_loading import load_calendar
from tongban.offices.tables import BadData


class Command(BaseCommand):
    help = "载入工作日历（可重复执行；已导入的放假通知不受影响）"

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            changed = load_calendar(at=timezone.now())
        except BadData as bad:
            raise CommandError(f"日历数据有错，什么也没有改：\n{bad}") from bad
        if changed.version is None:
            self.stdout.write("日历没有变化")
        else:
            self.stdout.write(f"日历第 {changed.version} 版：{len(changed.moved)} 天与原来不同")
