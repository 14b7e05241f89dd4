from django.urls import path

from criteria.dossier import views as dossier
from criteria.entry import views_form, views_grid, views_opening, views_year
from criteria.intake import views as intake

from . import views

urlpatterns = [
    path("tieu-chi/", views.criteria_sets, name="criteria_sets"),
    path("tieu-chi/<slug:slug>/", views.criteria_set, name="criteria_set"),
    path("nhap-excel/", intake.uploads, name="uploads"),
    path("nhap-excel/<int:pk>/", intake.upload, name="upload"),
    path("nhap-excel/<int:pk>/ghi/", intake.confirm, name="upload_confirm"),
    path("nhap-excel/<int:pk>/tep/", intake.original, name="upload_original"),
    path("nhap-excel/<int:pk>/danh-dau/", intake.marked, name="upload_marked"),
    path("nhap-lieu/", views_opening.years, name="entry_years"),
    path("nhap-lieu/mo-ky/", views_opening.open_year, name="entry_open"),
    path("nhap-lieu/<int:year>/", views_year.year, name="entry_year"),
    path("nhap-lieu/<int:year>/buoc/", views_year.take_step, name="entry_step"),
    path("nhap-lieu/<int:year>/luu/", views_grid.save, name="entry_save"),
    path("nhap-lieu/<int:year>/chap-nhan/", views_grid.accept, name="entry_accept"),
    path("nhap-lieu/<int:year>/toan-tinh/", views_grid.grid, name="entry_grid_all"),
    path("nhap-lieu/<int:year>/xa/<slug:code>/", views_form.commune, name="entry_commune"),
    path("nhap-lieu/<int:year>/<slug:district>/", views_grid.grid, name="entry_grid"),
    path("xa/<slug:code>/ho-so/", dossier.dossier, name="dossier"),
    path("xa/<slug:code>/ho-so/y-kien/", dossier.dossier_opinions, name="dossier_opinions"),
    path("xa/<slug:code>/ho-so/minh-chung/", dossier.dossier_attach, name="dossier_attach"),
    path("xa/<slug:code>/ho-so/minh-chung/<int:pk>/", dossier.dossier_file, name="dossier_file"),
    path("xa/<slug:code>/ho-so/minh-chung/<int:pk>/rut/", dossier.dossier_withdraw, name="dossier_withdraw"),
    path("xa/<slug:code>/ho-so/quyet-dinh/", dossier.dossier_decide, name="dossier_decide"),
    path("xa/<slug:code>/ho-so/quyet-dinh/<int:pk>/thu-hoi/", dossier.dossier_revoke, name="dossier_revoke"),
]
