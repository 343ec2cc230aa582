"""The operator's first page: one link for each piece of work."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tongban.offices.calendar import calendar_alarm

from .door import for_operators


class Piece(NamedTuple):
    """A page of the operator's: its address, what it is called and what it is for."""

    href: str
    title: str
    text: str


PIECES: list[Piece] = [
    Piece("/operator/running/", "运行状况", "队列、任务进程、定时任务是否正常，哪一项超时未运行"),
    Piece("/operator/matters/", "事项与版本", "起草、检查、发布实施清单，看两版差异，发布前演练"),
    Piece(
        "/operator/calendar/",
        "工作日历",
        "一年的工作日、导入放假安排、哪些办件的时限随着变、夜间核对",
    ),
    Piece(
        "/operator/movings/",
        "在办件搬迁",
        "把在办的办件搬到事项的新版本，逐件看结果，未再办理的可以恢复",
    ),
    Piece("/operator/notices/", "通知", "各渠道积压多少、失败的重发或不发、登记渠道中断、补查漏发"),
    Piece(
        "/desk/matters/pauses/",
        "暂停办理",
        "年度结息、系统停机：停收哪个事项、哪个单位，从何时到何时",
    ),
    Piece("/operator/texts/", "通知文字", "各渠道通知的文字：修改、预览、历次修改"),
    Piece("/sharing/connectors/", "共享数据连接", "各省市登记库通不通，有多少查询在等答复"),
    Piece("/certificates/kinds/", "两地证照对照", "哪种证照两地互认、依据是什么、有多大把握"),
    Piece("/desk/matters/unclaimed/", "谁还没有认领", "没有认领事项的单位，申请会落到待分办岗"),
]


@require_safe
@for_operators
def index(request: HttpRequest) -> HttpResponse:
    alarm = calendar_alarm(timezone.localdate())
    return render(request, "operator/index.html", {"pieces": PIECES, "calendar_alarm": alarm})
