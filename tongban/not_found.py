"""没有找到: the same page in a demonstration as in earnest."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.defaults import page_not_found


class OwnNotFound:
    """Instead of Django's page for developers, which DEBUG brings: in English, with all addresses.

    A demonstration runs with DEBUG, and those who look at it are no developers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and settings.DEMONSTRATION:
            return page_not_found(request, Exception())
        return response
