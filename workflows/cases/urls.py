from django.urls import path

from .document_pages import case_by_number, document
from .pages import uploaded_file

app_name = "cases"
urlpatterns = [
    path("files/<uuid:key>/", uploaded_file, name="file"),
    path("documents/<slug:number>/", document, name="document"),
    path("cases/<slug:number>/", case_by_number, name="case"),
]
