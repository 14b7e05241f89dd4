"""All addresses of the portal. Every view outside the admin declares a policy (``communes.accounts.policy.allow``)."""

from django.conf import settings
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

if "debug_toolbar" in settings.INSTALLED_APPS:
    from debug_toolbar.toolbar import debug_toolbar_urls

    urlpatterns += debug_toolbar_urls()
