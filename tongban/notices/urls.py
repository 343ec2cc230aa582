"""The pages of the inbox."""

from django.urls import path

from tongban.notices import views

app_name = "notices"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<int:notice_id>/", views.message, name="message"),
]
