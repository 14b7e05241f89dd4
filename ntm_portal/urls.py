"""All addresses of the portal. Every view outside the admin declares its policy (``communes.access.allow``)."""

from django.contrib import admin
from django.urls import include, path

admin.site.site_header = admin.site.site_title = "Quản trị cổng nông thôn mới"
admin.site.index_title = "Dữ liệu"

urlpatterns = [
    path("", include("communes.urls")),
    path("", include("criteria.urls")),
    path("", include("reports.urls")),
    path("quan-tri/", admin.site.urls),
]
