"""Addresses under /medical/; their names are the portal's."""

from django.urls import path

from .going import going
from .hospitals import hospitals
from .hub import hub
from .mine import mine
from .settlement import settlement

urlpatterns = [
    path("", hub, name="medical"),
    path("going/", going, name="medical_going"),
    path("hospitals/", hospitals, name="medical_hospitals"),
    path("mine/", mine, name="medical_mine"),
    path("settlements/<slug:setl_id>/", settlement, name="medical_settlement"),
]
