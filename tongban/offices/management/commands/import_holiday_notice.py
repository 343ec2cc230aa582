"""`manage.py import_holiday_notice FILE`: a year's arrangement as the State Council announced it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tongban.offices.calendar import WEEKDAYS
from tongban.offices.calendar_change import MovedDay
from tongban.offices.notice_import import import_notice
from tongban.offices.tables import BadData


class Command(BaseCommand):
    help = "导入放假通知（CSV：# 来源: …；day,kind,name），整份正确才写入，并列出变动的日子"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV 文件，UTF-8")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            changed = import_notice(text=path.read_text("utf-8"), at=timezone.now())
        except OSError as problem:
            raise CommandError(f"读不了 {path}：{problem.strerror}") from problem
        except UnicodeDecodeError as problem:
            raise CommandError(f"{path} 不是 UTF-8 编码，请另存为 UTF-8") from problem
        except BadData as bad:
            raise CommandError(f"通知有错，什么也没有改：\n{bad}") from bad
        if changed.version is None:
            self.stdout.write("与已有的日历完全一样，没有改动")
            return
        self.stdout.write(f"日历第 {changed.version} 版，{len(changed.moved)} 天有变动")
        for moved in changed.moved:
            self.stdout.write(_line(moved))


def _line(moved: MovedDay) -> str:
    where = f"[{moved.region}] " if moved.region else ""
    becomes = "改为上班" if moved.is_working else "改为放假"
    return f"  {where}{moved.day} 周{WEEKDAYS[moved.day.weekday()]} {becomes}（{moved.name}）"
