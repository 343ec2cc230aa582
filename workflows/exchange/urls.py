"""The addresses of the API. `/api/docs` reads them to people, `/api/openapi.json` to machines."""

from django.urls import path

from .api import api

urlpatterns = [path("api/", api.urls)]
