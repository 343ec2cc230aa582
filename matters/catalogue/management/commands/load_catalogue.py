"""Load the matters and their definitions from the data files. Again without changes: no change."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matters.catalogue.facts import DATA
from matters.catalogue.loading import NotLoaded, load_catalogue


class Command(BaseCommand):
    help = "Load all matters; publishes a new version of those whose data changed."
    # The files are checked here, row by row, with a better answer than a failed system check.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=DATA, help="where the data files are")
        parser.add_argument(
            "--on",
            type=dt.date.fromisoformat,
            default=None,
            help="first day of new versions (YYYY-MM-DD), today if left out",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            loaded = load_catalogue(folder=options["folder"], on=options["on"])
        except NotLoaded as refused:
            raise CommandError(
                f"{refused}\n共 {len(refused.problems)} 处问题，事项目录未作任何改动。"
            ) from refused
        self.stdout.write(
            f"事项：新增 {loaded.created}，信息更新 {loaded.described}，"
            f"发布新版本 {loaded.republished}，其余 {loaded.unchanged} 未变。"
        )
        for name in loaded.missing:
            self.stdout.write(f"数据文件里已没有：{name}（保留原样）")
