"""The addresses of the figures."""

from django.urls import path

from .views import dashboard, late, lists

app_name = "throughput"
urlpatterns = [
    path("throughput/", dashboard.dashboard, name="dashboard"),
    path("throughput/tables/<slug:code>/", dashboard.table, name="table"),
    path("throughput/cases/", lists.cases, name="cases"),
    path("throughput/late/", late.late, name="late"),
    path("throughput/urge/<slug:number>/", late.urge_case, name="urge"),
]
