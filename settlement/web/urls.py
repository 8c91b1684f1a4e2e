"""Which page answers to which address."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
