"""The addresses of the sites."""

from django.urls import path

from settlement.web.activities import views

urlpatterns = [
    path("", views.sites, name="sites"),
    path("<str:site>/", views.site, name="site"),
]
