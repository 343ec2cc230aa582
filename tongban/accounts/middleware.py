"""Keeps somebody who works signed in, and ends the session of somebody who left."""

import time
from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

REFRESH_SECONDS = 300
SEEN_AT = "seen_at"


class StaySignedIn:
    """A session ends SESSION_COOKIE_AGE after it was last stored; a used one is stored again.

    At most every five minutes: SESSION_SAVE_EVERY_REQUEST would write on every page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        if session.accessed and SESSION_KEY in session:
            now = int(time.time())
            if now - session.get(SEEN_AT, 0) >= REFRESH_SECONDS:
                session[SEEN_AT] = now
        return response
