"""The addresses of the import."""

from django.urls import path

from settlement.web.people_import import views

urlpatterns = [
    path("", views.hand_over, name="people-import"),
    path("example.<str:form>", views.example, name="people-import-example"),
    path("<str:held>/", views.looked_through, name="people-import-list"),
    path("<str:held>/refused.csv", views.refused, name="people-import-refused"),
    path("<str:held>/decided", views.decided, name="people-import-decided"),
]
