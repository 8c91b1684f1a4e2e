"""The addresses of the sites."""

from django.urls import path

from settlement.web.activities import site_entry, views

urlpatterns = [
    path("", views.sites, name="sites"),
    path("new", site_entry.new, name="site-new"),
    path("<str:site>/", views.site, name="site"),
    path("<str:site>/change", site_entry.change, name="site-change"),
    path("<str:site>/change/preview", site_entry.previewed, name="site-preview"),
    path("<str:site>/change/done", site_entry.done, name="site-done"),
]
