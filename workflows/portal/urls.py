"""The citizen's pages. Where to apply is under /apply/, what has been handed in under /my/."""

from django.urls import include, path

from .apply import asked, certificate, check, papers, shared, situation, start, tasks, where, who
from .case import case
from .clock import clock
from .going_on import go_on
from .guide import guide
from .home import home
from .my import my
from .place import choose_province, place
from .precheck import precheck, remind_me
from .progress import progress, progress_code
from .receipt import qr, receipt
from .search import matters, suggest
from .step import step
from .windows import windows

app_name = "portal"
urlpatterns = [
    path("", home, name="home"),
    path("province/", choose_province, name="province"),
    path("place/", place, name="place"),
    path("matters/", matters, name="matters"),
    # Before the guides: no matter's address is so short, each ends with a hash.
    path("matters/suggest/", suggest, name="suggest"),
    path("matters/<slug:slug>/windows/", windows, name="windows"),
    path("matters/<slug:slug>/", guide, name="guide"),
    path("matters/<slug:slug>/check/", precheck, name="precheck"),
    path("matters/<slug:slug>/check/remind/", remind_me, name="remind"),
    path("matters/<slug:slug>/apply/", start.start, name="start"),
    path("apply/<uuid:key>/", tasks.tasks, name="tasks"),
    path("apply/<uuid:key>/delete/", start.delete, name="delete"),
    path("apply/<uuid:key>/situation/", situation.situation, name="situation"),
    path("apply/<uuid:key>/who/", who.who, name="who"),
    path("apply/<uuid:key>/me/", who.me, name="me"),
    path("apply/<uuid:key>/person/", who.person, name="person"),
    path("apply/<uuid:key>/others/", who.others, name="others"),
    path("apply/<uuid:key>/others/<int:place>/remove/", who.remove_other, name="remove_other"),
    path("apply/<uuid:key>/where/", where.where, name="where"),
    path("apply/<uuid:key>/window/", where.window, name="window"),
    path("apply/<uuid:key>/form/", asked.asked, name="asked"),
    path("apply/<uuid:key>/papers/", papers.papers, name="papers"),
    path("apply/<uuid:key>/shared/", shared.shared, name="shared"),
    path("apply/<uuid:key>/papers/<slug:code>/", papers.paper, name="paper"),
    path("apply/<uuid:key>/certificate/<slug:code>/", certificate.certificate, name="certificate"),
    path("apply/<uuid:key>/papers/<slug:code>/way/", papers.choose_way, name="choose_way"),
    path(
        "apply/<uuid:key>/papers/<slug:code>/<uuid:file>/remove/",
        papers.remove_file,
        name="remove_file",
    ),
    path("apply/<uuid:key>/check/", check.check, name="check"),
    path("my/", my, name="my"),
    path("my/<slug:number>/", case, name="case"),
    path("my/<slug:number>/receipt/", receipt, name="receipt"),
    path("my/<slug:number>/go-on/", go_on, name="go_on"),
    path("my/<slug:number>/clock/<slug:clock>/", clock, name="clock"),
    # After the pages with names of their own: whatever is left is a step of the case's flow.
    path("my/<slug:number>/<slug:step>/", step, name="step"),
    path("medical/", include("workflows.portal.medical.urls")),
    path("housing-fund/", include("workflows.portal.housing_fund.urls")),
    path("progress/", progress, name="progress"),
    path("progress/code/<uuid:key>/", progress_code, name="progress_code"),
    path("progress/qr/<slug:number>.svg", qr, name="qr"),
]
