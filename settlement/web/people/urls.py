"""Addresses of what is done with one volunteer's file."""

from django.urls import path

from settlement.web.people import changing, ratings, views

urlpatterns = [
    path("certificates/<str:number>.pdf", views.certificate_file, name="volunteer-certificate"),
    path("<int:number>/ratings", ratings.ratings, name="volunteer-ratings"),
    path("<int:number>/ratings/asked", ratings.asked, name="rating-asked"),
    path("<int:number>/ratings/given", ratings.given, name="rating-given"),
    path("<int:number>/ratings/<int:link>/withdrawn", ratings.withdrawn, name="rating-withdrawn"),
    path("<int:number>/change", changing.change, name="volunteer-change"),
    path("<int:number>/change/<str:deed>/preview", changing.previewed, name="volunteer-preview"),
    path("<int:number>/change/<str:deed>", changing.done, name="volunteer-done"),
]
