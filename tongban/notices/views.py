"""The inbox: what the offices have told this person, and each message in full."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from tongban.accounts.models import User
from tongban.notices.inbox import Place, mark_read, messages_of, page_of
from tongban.notices.models import Notice
from tongban.notices.rendering import CannotRender, Edited, Rendered, edited_texts, path_of
from tongban.notices.rendering import render as put_into_words
from tongban.templatetags.formats import zh_datetime

# An unreadable message must not take the whole inbox with it.
UNREADABLE = Rendered("消息内容暂时无法显示", "请稍后再看，或在办件页面查看办理情况。")


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first; ``?unread=1``: only what wasn't opened, ``?after=``: where the page begins."""
    unread_only = request.GET.get("unread") == "1"
    after = Place.parse(request.GET.get("after", ""))
    page = page_of(person(request), after=after, unread_only=unread_only)
    edited = edited_texts("message") if page.notices else {}
    return render(
        request,
        "notices/inbox.html",
        {
            "tasks": [entry_of(notice, edited) for notice in page.notices],
            "tabs": [
                {"href": "?", "text": "全部", "current": not unread_only},
                {"href": "?unread=1", "text": "未读", "current": unread_only},
            ],
            "unread_only": unread_only,
            "next": address_of_page(page.next, unread_only) if page.next else None,
            "first": address_of_page(None, unread_only) if after else None,
        },
    )


@login_required
@require_safe
def message(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One message of one's own, read by being opened; anybody else's is not found."""
    notice = get_object_or_404(messages_of(person(request)), pk=notice_id)
    if request.method == "GET" and not is_prefetch(request):
        mark_read(notice=notice, at=timezone.now())
    context = {"notice": notice, "words": words_of(notice), "path": path_of(notice)}
    return render(request, "notices/message.html", context)


def person(request: HttpRequest) -> int:
    """The signed-in person; ``login_required`` stands before every caller."""
    return cast(User, request.user).pk


def is_prefetch(request: HttpRequest) -> bool:
    """A browser fetching ahead has shown nobody anything, and reading a paper may start a clock."""
    return "prefetch" in request.headers.get("Sec-Purpose", "")


def entry_of(notice: Notice, edited: Edited) -> dict[str, str]:
    """One line of the list: what ``components/tasks.html`` shows."""
    office = str(notice.context.get("office") or "")
    return {
        "text": words_of(notice, edited).subject,
        "href": reverse("notices:message", args=[notice.pk]),
        "hint": " · ".join(filter(None, [zh_datetime(notice.created_at), office])),
        "status": "已读" if notice.read_at else "未读",
        "kind": "done" if notice.read_at else "info",
    }


def words_of(notice: Notice, edited: Edited | None = None) -> Rendered:
    try:
        return put_into_words(notice, edited=edited)
    except CannotRender:
        return UNREADABLE


def address_of_page(place: Place | None, unread_only: bool) -> str:
    query = QueryDict(mutable=True)
    if unread_only:
        query["unread"] = "1"
    if place is not None:
        query["after"] = str(place)
    return f"?{query.urlencode()}"
