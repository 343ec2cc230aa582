"""Where each page of the site is found."""

from django.urls import URLPattern, URLResolver, include, path

from tongban.display import choose_display
from tongban.style import style

urlpatterns: list[URLPattern | URLResolver] = [
    path("display/", choose_display, name="display"),
    path("style/", style, name="style"),
    path("", include("tongban.accounts.urls")),
    path("", include("tongban.notices.urls")),
    path("", include("tongban.certificates.urls")),
    path("", include("tongban.sharing.urls")),
    path("", include("tongban.running.urls")),
    path("", include("workflows.cases.urls")),
    path("", include("workflows.portal.urls")),
    path("", include("workflows.desk.urls")),
    path("", include("workflows.throughput.urls")),
    path("", include("workflows.operator.urls")),
    path("", include("workflows.exchange.urls")),
]
