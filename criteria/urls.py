from django.urls import path

from .views import entry, excel, form, grid, opening, standard

urlpatterns = [
    path("tieu-chi/", standard.criteria_sets, name="criteria_sets"),
    path("tieu-chi/<slug:slug>/", standard.criteria_set, name="criteria_set"),
    path("nhap-excel/", excel.uploads, name="uploads"),
    path("nhap-excel/<int:pk>/", excel.upload, name="upload"),
    path("nhap-excel/<int:pk>/ghi/", excel.confirm, name="upload_confirm"),
    path("nhap-excel/<int:pk>/tep/", excel.original, name="upload_original"),
    path("nhap-excel/<int:pk>/danh-dau/", excel.marked, name="upload_marked"),
    path("nhap-lieu/", opening.years, name="entry_years"),
    path("nhap-lieu/mo-ky/", opening.open_year, name="entry_open"),
    path("nhap-lieu/<int:year>/", entry.year, name="entry_year"),
    path("nhap-lieu/<int:year>/buoc/", entry.take_step, name="entry_step"),
    path("nhap-lieu/<int:year>/luu/", grid.save, name="entry_save"),
    path("nhap-lieu/<int:year>/chap-nhan/", grid.accept, name="entry_accept"),
    path("nhap-lieu/<int:year>/toan-tinh/", grid.grid, name="entry_grid_all"),
    path("nhap-lieu/<int:year>/xa/<slug:code>/", form.commune, name="entry_commune"),
    path("nhap-lieu/<int:year>/<slug:district>/", grid.grid, name="entry_grid"),
]
