"""Load the matters and their definitions: the project's own files, or a table (CSV, XLSX)."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matters.catalogue.facts import DATA
from matters.catalogue.loading import Loaded, NotLoaded, load_catalogue
from matters.catalogue.tables.loading import load_table
from matters.catalogue.tables.planning import Defaults


class Command(BaseCommand):
    help = (
        "Load all matters; publishes a new version of those whose data changed. With PATH, those of a "
        "CSV or XLSX file. Changes nothing unless every row is right."
    )
    # The files are checked here, row by row, with a better answer than a failed system check.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="a .csv or .xlsx file of matters")
        parser.add_argument("--folder", type=Path, default=DATA, help="where the data files are")
        parser.add_argument("--batch", default="", help="来源批次 of rows that name none")
        parser.add_argument("--source", default="", help="来源网址 of rows that name none")
        parser.add_argument("--theme", default="", help="主题 of rows that name none")
        parser.add_argument(
            "--over-tables",
            action="store_true",
            help="without PATH: take back what tables changed",
        )
        parser.add_argument(
            "--on",
            type=dt.date.fromisoformat,
            default=None,
            help="first day of new versions (YYYY-MM-DD), today if left out",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            loaded = _loaded(options)
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
        if loaded.kept:
            self.stdout.write(f"由表格导入、保留原样：{len(loaded.kept)} 项")
        for remark in loaded.remarks:
            self.stdout.write(remark)


def _loaded(options: dict[str, Any]) -> Loaded:
    path: Path | None = options["path"]
    if path is None:
        folder, over = options["folder"], options["over_tables"]
        return load_catalogue(folder=folder, on=options["on"], over_tables=over)
    defaults = Defaults(options["batch"], options["source"], options["theme"])
    return load_table(path, on=options["on"], defaults=defaults)
