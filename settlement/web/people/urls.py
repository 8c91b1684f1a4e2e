"""Addresses of what is done with one volunteer's file."""

from django.urls import path

from settlement.web.people import views

urlpatterns = [
    path("certificates/<str:number>.pdf", views.certificate_file, name="volunteer-certificate"),
]
