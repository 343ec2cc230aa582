from django.urls import path

from .demonstration_views import demonstration
from .views import sign_in, sign_out

urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-out/", sign_out, name="sign_out"),
    path("demonstration/", demonstration, name="demonstration"),
]
