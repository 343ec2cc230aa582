"""Addresses under /desk/calls/."""

from django.urls import path

from . import pages

urlpatterns = [
    path("", pages.calls, name="calls"),
    path("<case_number:number>/", pages.told, name="told_by_phone"),
]
