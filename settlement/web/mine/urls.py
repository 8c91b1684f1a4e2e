"""Addresses of a volunteer's own pages; none names a number."""

from django.urls import path

from settlement.web.mine import code, deeds, views

urlpatterns = [
    path("", views.overview, name="mine"),
    path("lines/", views.lines, name="mine-lines"),
    path("lines/<str:activity>/<str:day>", views.line, name="mine-line"),
    path("lines/<str:activity>/<str:day>/object", deeds.objected, name="mine-object"),
    path("objections/", views.objections, name="mine-objections"),
    path("gifts/", views.gifts, name="mine-gifts"),
    path("gifts/apply", deeds.applied, name="mine-apply"),
    path("naming", deeds.naming, name="mine-naming"),
    path("certificates/", views.certificates, name="mine-certificates"),
    path("certificates/ask", deeds.asked, name="mine-ask"),
    path("certificates/<str:number>.pdf", views.certificate_file, name="mine-certificate"),
    path("certificates/<str:number>.tlog-proof", views.certificate_proof_file, name="mine-proof"),
    path("code", code.code, name="mine-code"),
]
