from django.urls import path

from .views import entry, form, grid, standard

urlpatterns = [
    path("tieu-chi/", standard.criteria_sets, name="criteria_sets"),
    path("tieu-chi/<slug:slug>/", standard.criteria_set, name="criteria_set"),
    path("nhap-lieu/", entry.years, name="entry_years"),
    path("nhap-lieu/<int:year>/", entry.year, name="entry_year"),
    path("nhap-lieu/<int:year>/buoc/", entry.take_step, name="entry_step"),
    path("nhap-lieu/<int:year>/luu/", grid.save, name="entry_save"),
    path("nhap-lieu/<int:year>/chap-nhan/", grid.accept, name="entry_accept"),
    path("nhap-lieu/<int:year>/toan-tinh/", grid.grid, name="entry_grid_all"),
    path("nhap-lieu/<int:year>/xa/<slug:code>/", form.commune, name="entry_commune"),
    path("nhap-lieu/<int:year>/<slug:district>/", grid.grid, name="entry_grid"),
]
