"""What every page shows of the inbox, and of a channel that is out."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tongban.notices import inbox as inboxes
from tongban.notices import outages
from tongban.notices.models import Channel


def inbox(request: HttpRequest) -> dict[str, Any]:
    """``unread_count``: how many messages wait; no SQL on a page that doesn't show it."""
    return {"unread_count": SimpleLazyObject(lambda: _unread(request))}


def channels_out(_request: HttpRequest) -> dict[str, Any]:
    """``channels_out``: by which channels nobody is reached now, in words ("短信和电子邮件"), or "".

    No SQL but once in some seconds a process, and none where the page doesn't ask.
    """
    return {"channels_out": SimpleLazyObject(lambda: _out())}


def _out() -> str:
    return "和".join(str(Channel(code).label) for code in outages.channels_out())


def _unread(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    return inboxes.unread_count(user.pk) if user is not None and user.is_authenticated else 0
