"""All addresses of the portal. Every view outside the admin declares a policy (``communes.accounts.policy.allow``)."""

from django.contrib import admin
from django.urls import include, path

from .health import health

handler500 = "ntm_portal.errors.server_error"

urlpatterns = [
    path("", include("communes.urls")),
    path("", include("criteria.urls")),
    path("", include("reports.urls")),
    path("quan-tri/", admin.site.urls),
    path("suc-khoe/", health, name="health"),
]
