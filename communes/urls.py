from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from . import views
from .access import EVERY_ROLE, allow

urlpatterns = [
    path("dang-nhap/", allow()(LoginView.as_view(redirect_authenticated_user=True)), name="login"),
    path("dang-xuat/", allow(*EVERY_ROLE)(LogoutView.as_view()), name="logout"),
    path("co-chu/", views.show_large, name="show_large"),
    path("suc-khoe/", views.health, name="health"),
]
