"""The pages of the inbox."""

from django.urls import path

from tongban.notices import views
from tongban.notices.preference_pages import preferences
from tongban.notices.sms.demonstration.pages import messages

app_name = "notices"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("demonstration/messages/", messages, name="demonstration_messages"),
    path("inbox/settings/", preferences, name="preferences"),
    path("inbox/<int:notice_id>/", views.message, name="message"),
]
