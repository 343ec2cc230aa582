from django.urls import path

from .pages import uploaded_file

app_name = "cases"
urlpatterns = [
    path("files/<uuid:key>/", uploaded_file, name="file"),
]
