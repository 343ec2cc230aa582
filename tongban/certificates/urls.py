"""Certificates: a person's own folder, and the one place where a code is verified."""

from django.urls import path

from . import folder_pages, show_pages, verify_pages

app_name = "certificates"
urlpatterns = [
    path("certificates/", folder_pages.folder, name="folder"),
    path("certificates/kinds/", folder_pages.mapping, name="mapping"),
    path("certificates/fetch/", folder_pages.fetch_some, name="fetch"),
    path("certificates/<uuid:key>/", folder_pages.certificate, name="certificate"),
    path("certificates/<uuid:key>/refresh/", folder_pages.refresh, name="refresh"),
    path("certificates/<uuid:key>/number/", folder_pages.number, name="number"),
    path("certificates/<uuid:key>/show/", show_pages.show_code, name="show"),
    path("verify/", verify_pages.verify_form, name="verify"),
    path("verify/<str:token>/", verify_pages.verify_code, name="verify_code"),
]
