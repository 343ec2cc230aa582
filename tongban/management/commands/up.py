"""Everything in one terminal: `make up` ends here."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from tongban.services.launch import launch
from tongban.services.places import local_places
from tongban.services.trouble import Trouble, told


class Command(BaseCommand):
    help = "在这一个终端里启动数据库、网站和后台任务（make up）"
    requires_system_checks = []

    def handle(self, **_: Any) -> None:
        try:
            code = launch(local_places())
        except (Trouble, OSError) as problem:
            self.stderr.write(f"✗ {told(problem) if isinstance(problem, OSError) else problem}")
            code = 1
        sys.exit(code)
