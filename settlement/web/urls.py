"""Which page answers to which address."""

from django.urls import include, path, register_converter

from settlement.explain.rules_document import RULES_PAGE
from settlement.web import accounts, certificates, missing, notices, rating, rules, views
from settlement.web.inbox import moves, objections, visits, walk_ins
from settlement.web.inbox import views as inbox
from settlement.web.now import views as now
from settlement.web.people import views as people
from settlement.web.review import correction
from settlement.web.review import views as review
from settlement.web.serving.files import FileName

register_converter(FileName, "file")
handler403 = missing.not_allowed
handler404 = missing.not_found
handler500 = missing.failed
urlpatterns = [
    path("", views.board, name="board"),
    path("api/board.json", views.board_json, name="board-json"),
    path("api/v1/", include("settlement.api.urls")),
    path("evidence/<str:terminal>/<str:epoch>/<int:seq>", views.evidence, name="evidence"),
    path("evidence/manual/<int:number>", views.manual_record, name="manual-record"),
    path(accounts.FOLDER, include(accounts)),
    path("invitation/<str:secret>", accounts.invitation, name="invitation"),
    path("certificate/", certificates.certificate, name="certificates"),
    path("certificate/<str:number>", certificates.certificate, name="certificate-number"),
    path("certificate/<str:number>/<str:token>", certificates.certificate, name="certificate"),
    path("receipt/", certificates.receipt, name="receipts"),
    path("notice/", notices.notices, name="notices"),
    path("notice/<int:number>", notices.notice, name="notice"),
    path("rating/<str:secret>", rating.rating, name="rating"),
    path(RULES_PAGE, rules.rules, name="rules"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("walk-in/<int:number>/", walk_ins.walk_in, name="walk-in"),
    path("objection/<int:number>/", objections.objection, name="objection"),
    path("inspections/", visits.due, name="inspections"),
    path("inspections/<str:site>/", visits.inspection, name="inspection"),
    path("inbox/transfers/requested", moves.requested, name="move-requested"),
    path("inbox/<str:kind>/", inbox.waiting, name="inbox-waiting"),
    path("inbox/<str:kind>/<int:number>", inbox.decided, name="inbox-decided"),
    path("mine/", include("settlement.web.mine.urls")),
    path("now/", now.now, name="now"),
    path("now/<str:site>/", now.site_now, name="now-site"),
    path("now/<str:site>/missing", now.missing, name="now-missing"),
    path("volunteers/import/", include("settlement.web.people_import.urls")),
    path("activities/", include("settlement.web.activities.urls")),
    path("organisations/", include("settlement.web.organisations.urls")),
    path("sites/", include("settlement.web.activities.site_urls")),
    path("sheets/", include("settlement.web.sheets.urls")),
    path("volunteers/", include("settlement.web.people.urls")),
    path("volunteers/", people.volunteers, name="volunteers"),
    path("volunteers/<int:number>", people.volunteer, name="volunteer"),
    path("reports/", include("settlement.web.reports.urls")),
    path("decisions/", review.decisions, name="review-decisions"),
    path("decisions/<int:number>/undone", review.undone, name="review-undone"),
    path("review/", review.activities, name="review"),
    path("review/late", review.late, name="review-late"),
    path("review/lines", review.lines, name="review-all-lines"),
    path("review/line/<int:entry>", review.line, name="review-line"),
    path("review/line/<int:entry>/reopened", review.reopened, name="review-reopened"),
    path("review/line/<int:entry>/times", correction.correction, name="review-correction"),
    path("review/<str:activity>/", review.lines, name="review-lines"),
    path("review/<str:activity>/clean", review.clean, name="review-clean"),
    path("review/<str:activity>/decided", review.decided, name="review-decided"),
    path("", include("settlement.web.terminals.urls")),
    path("", include("settlement.web.administration.urls")),
    path("static/<file:path>", views.no_such_file, name="static"),
]
