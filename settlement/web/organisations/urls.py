"""The addresses of the organisations."""

from django.urls import path

from settlement.web.organisations import changing, views

urlpatterns = [
    path("", views.organisations, name="organisations"),
    path("new", changing.new, name="organisation-new"),
    path("<str:path>/", views.organisation, name="organisation"),
    path("<str:path>/change/<str:what>/preview", changing.previewed, name="organisation-preview"),
    path("<str:path>/change/<str:what>", changing.done, name="organisation-done"),
]
