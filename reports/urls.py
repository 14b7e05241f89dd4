from django.urls import path

from .views import criterion, documents, dossier, issued, log, overview, pack, papers, places, what_if

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("huyen/<slug:code>/", overview.district, name="district"),
    path("xa/", places.commune_list, name="communes"),
    path("xa/<slug:code>/", places.commune, name="commune"),
    path("xa/<slug:code>/ho-so/", dossier.dossier, name="dossier"),
    path("tieu-chi-xa/<slug:number>/", criterion.criterion, name="criterion"),
    path("neu-thi/", what_if.what_if, name="what_if"),
    path("bao-cao/", papers.report_index, name="reports"),
    path("bao-cao/bo-tai-lieu/", pack.pack_page, name="pack"),
    path("bao-cao/bo-tai-lieu.xlsx", pack.pack_xlsx, name="pack_xlsx"),
    path("bao-cao/bo-tai-lieu.docx", pack.pack_docx, name="pack_docx"),
    path("bao-cao/bo-tai-lieu/phat-hanh/", issued.issue_pack, name="issue_pack"),
    path("bao-cao/da-phat-hanh/", issued.issued_list, name="issued_list"),
    path("bao-cao/da-phat-hanh/<int:pk>/", issued.issued, name="issued"),
    path("bao-cao/da-phat-hanh/<int:pk>.xlsx", issued.issued_file, {"kind": "xlsx"}, name="issued_xlsx"),
    path("bao-cao/da-phat-hanh/<int:pk>.docx", issued.issued_file, {"kind": "docx"}, name="issued_docx"),
    path("bao-cao/<slug:slug>/", papers.report_page, name="report"),
    path("bao-cao/<slug:slug>.xlsx", papers.report_xlsx, name="report_xlsx"),
    path("bao-cao/<slug:slug>.docx", papers.report_docx, name="report_docx"),
    path("bao-cao/<slug:slug>.json", papers.report_json, name="report_json"),
    path("van-ban/", documents.document_list, name="documents"),
    path("van-ban/<slug:slug>/", documents.document, name="document"),
    path("nhat-ky/", log.log_page, name="log"),
    path("nhat-ky.xlsx", log.log_xlsx, name="log_xlsx"),
]
