from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workflows.cases.overdue_answers import tell_overdue_answers
from workflows.cases.service import serve_documents
from workflows.cases.sweep import sweep_deadlines
from workflows.cases.waking import take_wakes


class Command(BaseCommand):
    help = "Take due timer steps, tell colour changes, wake parents, record services: as beat does, without it."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = sweep_deadlines(seconds=3600)
        overdue = tell_overdue_answers(timezone.now())
        woken, served = take_wakes(), serve_documents()
        self.stdout.write(
            f"查看 {swept.cases} 件：自动办理 {swept.timers}，提醒 {swept.colours}，"
            f"失败 {swept.failed}；督办逾期 {overdue}，唤醒 {woken}，送达 {served}"
        )
