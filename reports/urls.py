from django.urls import path

from reports.catalogue import views as catalogue
from reports.dashboards import views_criterion, views_overview, views_places, views_what_if
from reports.documents import views as documents
from reports.log import views as log
from reports.meeting import views_issued, views_pack

urlpatterns = [
    path("", views_overview.overview, name="overview"),
    path("huyen/<slug:code>/", views_overview.district, name="district"),
    path("xa/", views_places.commune_list, name="communes"),
    path("xa/<slug:code>/", views_places.commune, name="commune"),
    path("tieu-chi-xa/<slug:number>/", views_criterion.criterion, name="criterion"),
    path("neu-thi/", views_what_if.what_if, name="what_if"),
    path("bao-cao/", catalogue.report_index, name="reports"),
    path("bao-cao/bo-tai-lieu/", views_pack.pack_page, name="pack"),
    path("bao-cao/bo-tai-lieu.xlsx", views_pack.pack_xlsx, name="pack_xlsx"),
    path("bao-cao/bo-tai-lieu.docx", views_pack.pack_docx, name="pack_docx"),
    path("bao-cao/bo-tai-lieu/phat-hanh/", views_issued.issue_pack, name="issue_pack"),
    path("bao-cao/da-phat-hanh/", views_issued.issued_list, name="issued_list"),
    path("bao-cao/da-phat-hanh/<int:pk>/", views_issued.issued, name="issued"),
    path("bao-cao/da-phat-hanh/<int:pk>/thay-doi.xlsx", views_issued.changes_file, name="issued_changes"),
    path("bao-cao/da-phat-hanh/<int:pk>.xlsx", views_issued.issued_file, {"kind": "xlsx"}, name="issued_xlsx"),
    path("bao-cao/da-phat-hanh/<int:pk>.docx", views_issued.issued_file, {"kind": "docx"}, name="issued_docx"),
    path("bao-cao/<slug:slug>/", catalogue.report_page, name="report"),
    path("bao-cao/<slug:slug>.xlsx", catalogue.report_xlsx, name="report_xlsx"),
    path("bao-cao/<slug:slug>.docx", catalogue.report_docx, name="report_docx"),
    path("bao-cao/<slug:slug>.json", catalogue.report_json, name="report_json"),
    path("van-ban/", documents.document_list, name="documents"),
    path("van-ban/<slug:slug>/", documents.document, name="document"),
    path("nhat-ky/", log.log_page, name="log"),
    path("nhat-ky.xlsx", log.log_xlsx, name="log_xlsx"),
]
