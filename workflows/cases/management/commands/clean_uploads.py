from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workflows.cases.abandoned import KEPT_DAYS, clean_uploads


class Command(BaseCommand):
    help = f"Remove drafts not saved for {KEPT_DAYS} days, and uploaded files of no draft or case."

    def handle(self, *args: Any, **options: Any) -> None:
        removed = clean_uploads(now=timezone.now())
        self.stdout.write(
            f"已清理：草稿 {removed.drafts}，文件 {removed.uploads}，无记录的文件 {removed.strays}"
        )
