"""The addresses of the activities."""

from django.urls import path

from settlement.web.activities import ending, views

urlpatterns = [
    path("", views.activities, name="activities"),
    path("new", views.apply, name="activity-apply"),
    path("<str:activity>/", views.activity, name="activity"),
    path("<str:activity>/phase", views.phase_begun, name="activity-phase"),
    path("<str:activity>/end", ending.still_here, name="activity-end"),
]
