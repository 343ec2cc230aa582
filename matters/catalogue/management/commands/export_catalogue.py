"""Write the catalogue to a file that `load_catalogue` takes back."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matters.catalogue.tables.exporting import export_catalogue


class Command(BaseCommand):
    help = (
        "Export all matters with their published definitions to .xlsx (a sheet a subject) or .csv."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="file to write: .xlsx or .csv")
        parser.add_argument("--department", default="", help="code of one department, e.g. police")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            count = export_catalogue(options["path"], department=options["department"])
        except (ValueError, OSError) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"已导出 {count} 个事项到 {options['path']}。")
