"""The addresses of the figures."""

from django.urls import path

from .all_tables import SECTIONS
from .views import bulletins, dashboard, late, lists, ratings, sections, wall

app_name = "throughput"
urlpatterns = [
    path("throughput/", dashboard.dashboard, name="dashboard"),
    path("throughput/tables/<slug:code>/", dashboard.table, name="table"),
    path("throughput/cases/", lists.cases, name="cases"),
    path("throughput/late/", late.late, name="late"),
    path("throughput/urge/<slug:number>/", late.urge_case, name="urge"),
    path("throughput/ratings/", ratings.ratings, name="ratings"),
    path("throughput/bulletins/", bulletins.bulletins, name="bulletins"),
    path("throughput/bulletins/<int:report_id>/", bulletins.download, name="bulletin"),
    path("throughput/definitions/", sections.definitions, name="definitions"),
    path("throughput/wall/", wall.wall, name="wall"),
    *(
        path(f"throughput/{code}/", sections.section, {"code": code}, name=code)
        for code in SECTIONS
    ),
]
