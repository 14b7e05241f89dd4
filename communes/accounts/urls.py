from django.contrib.auth.views import LogoutView
from django.urls import path

from . import display, views
from .policy import EVERY_ROLE, allow

urlpatterns = [
    path("dang-nhap/", allow()(views.SignIn.as_view()), name="login"),
    path("dang-nhap/xac-thuc/", views.second_step, name="second_step"),
    path("dang-xuat/", allow(*EVERY_ROLE)(LogoutView.as_view()), name="logout"),
    path("tai-khoan/", views.account, name="account"),
    path("tai-khoan/phien/", views.end_sessions, name="end_sessions"),
    path("tai-khoan/mat-khau/", allow(*EVERY_ROLE)(views.OwnPassword.as_view()), name="password"),
    path("tai-khoan/hai-buoc/", views.set_up, name="second_factor"),
    path("co-chu/", display.show_large, name="show_large"),
]
