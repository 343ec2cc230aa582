"""Addresses of parcels, below /desk/parcels/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.to_send, name="parcels"),
    path("send/", views.send_load, name="send_load"),
    path("road/", views.on_road, name="parcels_on_road"),
    path("coming/", views.to_come, name="parcels_coming"),
    path("done/", views.done, name="parcels_done"),
    path("<slug:number>/", views.parcel, name="parcel"),
    path("<slug:number>/sign/", views.sign_parcel, name="sign_parcel"),
]
