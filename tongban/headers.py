"""Response headers that Django and django-csp don't set."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# The site takes photos through the file picker; no page of it needs a sensor or a payment sheet.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
)


class Headers:
    """Permissions-Policy on all answers; pages of a signed-in person are kept by no cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if request.user.is_authenticated:
            # A shared computer at a library: after signing out, "back" shows nobody's case.
            response.setdefault("Cache-Control", "private, no-store")
        return response
