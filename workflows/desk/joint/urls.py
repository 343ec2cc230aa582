"""Addresses under /desk/joint/."""

from django.urls import path

from . import hours, sessions

urlpatterns = [
    path("", sessions.sessions, name="joint"),
    path("hours/", hours.hours, name="joint_hours"),
    path("hours/<int:key>/end/", hours.end_hours, name="end_joint_hours"),
    path("<uuid:key>/", sessions.session, name="joint_session"),
]
