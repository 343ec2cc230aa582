"""The desk's addresses. A case number is digits only, so that words beside it stay free."""

from django.urls import path, register_converter

from .case import views as case_pages
from .queue import views as queue_pages


class CaseNumber:
    """办件编号 in an address."""

    regex = "[0-9]{10,32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CaseNumber, "case_number")

app_name = "desk"
urlpatterns = [
    path("desk/", queue_pages.queue, name="queue"),
    path("desk/search/", queue_pages.search, name="search"),
    path("desk/next/", queue_pages.go_to_next, name="next"),
    path("desk/batch/", queue_pages.batch, name="batch"),
    # desk/counter/… and desk/parcels/… are the window's.
    path("desk/<case_number:number>/", case_pages.case, name="case"),
    path("desk/<case_number:number>/look/<str:what>/", case_pages.look_at, name="look"),
    path("desk/<case_number:number>/<slug:step>/", case_pages.step, name="step"),
]
