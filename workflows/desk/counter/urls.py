"""Addresses of the window, below /desk/counter/. No ID number is ever part of one."""

from django.urls import path

from . import done, sheet_page, start, turning_away, visit_pages

urlpatterns = [
    path("", start.start, name="counter"),
    path("window/", start.choose_window, name="choose_window"),
    path("turn-away/", turning_away.turn_away, name="turn_away"),
    path("turned-away/", turning_away.turned_away, name="turned_away"),
    path("turned-away/<int:entry>/", turning_away.slip, name="turned_away_slip"),
    path("<uuid:key>/", sheet_page.visit, name="visit"),
    path("<uuid:key>/choose/", visit_pages.choose, name="choose"),
    path("<uuid:key>/for/", visit_pages.behalf, name="behalf"),
    path("<uuid:key>/again/", visit_pages.again, name="again"),
    path("<uuid:key>/throw-away/", visit_pages.throw_away, name="throw_away"),
    path("<uuid:key>/done/", done.handed_in, name="handed_in"),
]
