"""The addresses of the operator's pages."""

from django.urls import path

from .calendar import moved
from .calendar import pages as calendar
from .index import index
from .moves import pages as moves
from .notices import pages as notices
from .rehearsal import page
from .running.page import running
from .versions import listing, pages, rights
from .wording import pages as wording

app_name = "operator"
urlpatterns = [
    path("operator/", index, name="index"),
    path("operator/running/", running, name="running"),
    path("operator/matters/", listing.matters, name="matters"),
    path("operator/matters/<slug:slug>/", listing.matter, name="matter"),
    path("operator/versions/<int:version_id>/", pages.version, name="version"),
    path("operator/versions/<int:version_id>/draft/", pages.make_draft, name="make_draft"),
    path("operator/versions/<int:version_id>/publish/", pages.publish, name="publish"),
    path("operator/versions/<int:version_id>/rebase/", pages.rebase, name="rebase"),
    path("operator/versions/<int:version_id>/discard/", pages.discard, name="discard"),
    path(
        "operator/versions/<int:version_id>/difference/<int:other_id>/",
        pages.difference,
        name="difference",
    ),
    path("operator/versions/<int:version_id>/play/", page.play_page, name="play"),
    path("operator/versions/<int:version_id>/move/<int:other_id>/", moves.move, name="move"),
    path("operator/calendar/", calendar.year, name="calendar"),
    path("operator/calendar/import/", calendar.notice, name="calendar_notice"),
    path("operator/calendar/<int:number>/", calendar.version, name="calendar_version"),
    path("operator/calendar/differences/", moved.differences, name="clock_differences"),
    path("operator/movings/", moves.movings, name="movings"),
    path("operator/movings/<int:moving_id>/", moves.moving, name="moving"),
    path("operator/versions/<int:version_id>/rights/", rights.rights, name="rights"),
    path("operator/texts/", wording.texts, name="texts"),
    path("operator/texts/<slug:kind>/<slug:template>/", wording.text, name="text"),
    path("operator/notices/", notices.notices, name="notices"),
    path("operator/notices/decide/", notices.decide, name="decide_notices"),
    path("operator/notices/outages/", notices.channel_outages, name="outages"),
    path("operator/notices/outages/<int:outage_id>/end/", notices.end_outage, name="end_outage"),
    path("operator/notices/replays/", notices.replays, name="replays"),
]
