from django.urls import path

from . import views

urlpatterns = [
    path("tieu-chi/", views.criteria_sets, name="criteria_sets"),
    path("tieu-chi/<slug:slug>/", views.criteria_set, name="criteria_set"),
]
