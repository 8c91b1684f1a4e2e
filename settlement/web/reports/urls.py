"""Addresses of the reports."""

from django.urls import path

from settlement.web.reports import views

urlpatterns = [
    path("", views.reports, name="reports"),
    path("notice/publish", views.published, name="report-publish"),
    path("<str:kind>.<str:form>", views.file, name="report-file"),
    path("<str:kind>", views.report, name="report"),
]
