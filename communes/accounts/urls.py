from django.contrib.auth.views import LogoutView
from django.urls import path

from . import signing_in, views
from .access import EVERY_ROLE, allow

urlpatterns = [
    path("dang-nhap/", allow()(signing_in.SignIn.as_view()), name="login"),
    path("dang-nhap/xac-thuc/", signing_in.second_step, name="second_step"),
    path("dang-xuat/", allow(*EVERY_ROLE)(LogoutView.as_view()), name="logout"),
    path("tai-khoan/", signing_in.account, name="account"),
    path("tai-khoan/phien/", signing_in.end_sessions, name="end_sessions"),
    path("tai-khoan/mat-khau/", allow(*EVERY_ROLE)(signing_in.OwnPassword.as_view()), name="password"),
    path("tai-khoan/hai-buoc/", signing_in.set_up, name="second_factor"),
    path("co-chu/", views.show_large, name="show_large"),
]
