"""Addresses under /desk/extensions/."""

from django.urls import path

from . import pages

urlpatterns = [
    path("", pages.extensions, name="extensions"),
    path("<uuid:key>/", pages.extension, name="extension"),
]
