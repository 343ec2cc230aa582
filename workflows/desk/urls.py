"""The desk's addresses. A case number is digits only, so that words beside it stay free."""

from django.urls import include, path

from . import (
    case_number,  # noqa: F401  (its converter is used below)
    loans,
    substitutes,
)
from .case import asking_registers, certificates, shared_answer, sheet
from .case import views as case_pages
from .digest.pages import digest
from .office import pages as office_pages
from .queue import batch_pages
from .queue import views as queue_pages

app_name = "desk"
urlpatterns = [
    path("desk/", queue_pages.queue, name="queue"),
    path("desk/search/", queue_pages.search, name="search"),
    path("desk/next/", queue_pages.go_to_next, name="next"),
    path("desk/batch/", batch_pages.batch, name="batch"),
    path("desk/batch/<uuid:key>/", batch_pages.run, name="batch_run"),
    path("desk/batch/<uuid:key>/on/", batch_pages.go_on_with, name="batch_go_on"),
    path("desk/calls/", include("workflows.desk.calls.urls")),
    path("desk/clearing/", include("workflows.desk.clearing.urls")),
    path("desk/counter/", include("workflows.desk.counter.urls")),
    path("desk/digest/", digest, name="digest"),
    path("desk/extensions/", include("workflows.desk.extensions.urls")),
    path("desk/joint/", include("workflows.desk.joint.urls")),
    path("desk/loans/", loans.loans, name="loans"),
    path("desk/matters/", include("workflows.desk.matters.urls")),
    path("desk/office/", office_pages.office, name="office"),
    path("desk/office/people/<int:user_id>/", office_pages.person, name="person"),
    path("desk/away/", office_pages.away, name="away"),
    path("desk/phrases/", office_pages.phrases, name="phrases"),
    path("desk/phrases/<int:key>/drop/", office_pages.drop_phrase, name="drop_phrase"),
    path("desk/parcels/", include("workflows.desk.parcels.urls")),
    path("desk/substitutes/", substitutes.substitutes, name="substitutes"),
    path("desk/substitutes/<int:key>/end/", substitutes.end_substitution, name="end_substitution"),
    path("desk/<case_number:number>/", case_pages.case, name="case"),
    path("desk/<case_number:number>/sheet/", sheet.sheet, name="sheet"),
    path(
        "desk/<case_number:number>/shared/<uuid:key>/",
        shared_answer.shared_answer,
        name="shared_answer",
    ),
    path(
        "desk/<case_number:number>/registers/<slug:code>/",
        asking_registers.ask_register,
        name="ask_register",
    ),
    path(
        "desk/<case_number:number>/certificates/",
        certificates.check,
        name="check_certificates",
    ),
    path("desk/<case_number:number>/look/<str:what>/", case_pages.look_at, name="look"),
    path("desk/<case_number:number>/<slug:step>/", case_pages.step, name="step"),
]
