"""The pages of shared data, for staff."""

from django.urls import path

from . import catalogue_pages, demand_pages

app_name = "sharing"
urlpatterns = [
    path("sharing/", catalogue_pages.resources, name="resources"),
    path("sharing/holders/", catalogue_pages.holders, name="holders"),
    path("sharing/connectors/", catalogue_pages.connectors, name="connectors"),
    path("sharing/resources/<slug:code>/", catalogue_pages.resource, name="resource"),
    path("sharing/demands/", demand_pages.demands, name="demands"),
    path("sharing/demands/new/", demand_pages.new_demand, name="new_demand"),
    path("sharing/demands/<int:key>/", demand_pages.demand, name="demand"),
    path("sharing/demands/<int:key>/<slug:act>/", demand_pages.answer_demand, name="answer_demand"),
]
