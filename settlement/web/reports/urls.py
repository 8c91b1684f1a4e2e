"""Addresses of the reports."""

from django.urls import path

from settlement.web.reports import files, views

urlpatterns = [
    path("", views.reports, name="reports"),
    path("files/", files.files, name="report-files"),
    path("files/<int:number>", files.taken, name="report-taken"),
    path("files/<int:number>/cancel", files.cancelled, name="report-cancel"),
    path("<str:kind>/make", files.asked, name="report-make"),
    path("notice/publish", views.published, name="report-publish"),
    path("notice/<int:number>/withdraw", views.withdrawn, name="report-withdraw"),
    path("<str:kind>.<str:form>", views.file, name="report-file"),
    path("<str:kind>", views.report, name="report"),
]
