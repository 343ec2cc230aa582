"""What every page shows of the inbox."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tongban.notices import inbox as inboxes


def inbox(request: HttpRequest) -> dict[str, Any]:
    """``unread_count``: how many messages wait; no SQL on a page that doesn't show it."""
    return {"unread_count": SimpleLazyObject(lambda: _unread(request))}


def _unread(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    return inboxes.unread_count(user.pk) if user is not None and user.is_authenticated else 0
