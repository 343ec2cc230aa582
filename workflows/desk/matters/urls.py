"""Addresses of 本单位事项, below /desk/matters/."""

from django.urls import path

from . import pausing, views

urlpatterns = [
    path("", views.matters, name="matters"),
    path("unclaimed/", views.unclaimed, name="unclaimed"),
    path("pauses/", pausing.pauses, name="pauses"),
    path("pauses/<int:key>/end/", pausing.end_pause, name="end_pause"),
]
