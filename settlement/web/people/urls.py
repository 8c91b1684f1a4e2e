"""Addresses of what is done with one volunteer's file."""

from django.urls import path

from settlement.web.people import changing, views

urlpatterns = [
    path("certificates/<str:number>.pdf", views.certificate_file, name="volunteer-certificate"),
    path("<int:number>/change", changing.change, name="volunteer-change"),
    path("<int:number>/change/<str:deed>/preview", changing.previewed, name="volunteer-preview"),
    path("<int:number>/change/<str:deed>", changing.done, name="volunteer-done"),
]
