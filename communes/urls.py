from django.urls import include, path

urlpatterns = [
    path("", include("communes.accounts.urls")),
]
