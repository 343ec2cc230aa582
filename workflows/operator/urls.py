"""The addresses of the operator's pages."""

from django.urls import path

from .index import index

app_name = "operator"
urlpatterns = [
    path("operator/", index, name="index"),
]
