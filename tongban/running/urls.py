"""The addresses for machines that watch; without a slash at the end, as such machines ask."""

from django.urls import path

from . import pages

app_name = "running"
urlpatterns = [
    path("healthz", pages.healthz, name="healthz"),
    path("healthz/web", pages.web, name="web"),
    path("metrics", pages.prometheus, name="metrics"),
]
