"""The addresses of the sheets."""

from django.urls import path

from settlement.web.sheets import views

urlpatterns = [
    path("", views.sheets, name="sheets"),
    path("of/<str:activity>/", views.paper, name="sheet-paper"),
    path("<int:number>/", views.sheet, name="sheet"),
    path("<int:number>/decided", views.decided, name="sheet-decided"),
]
