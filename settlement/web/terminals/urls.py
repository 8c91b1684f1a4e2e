"""Addresses of the terminals' pages; no name of a terminal stands where one of these words does."""

from django.urls import path

from settlement.web.terminals import (
    acts,
    enrolment,
    group,
    history,
    screens,
    settings,
    staff_messages,
    tasks,
    views,
)

urlpatterns = [
    path("terminals/", views.terminals, name="terminals"),
    path("terminals/<str:terminal>/", views.terminal, name="terminal"),
    path("terminals/<str:terminal>/history", history.history, name="terminal-history"),
    path("terminals/<str:terminal>/refused", views.refused, name="terminal-refused"),
    path("terminals/<str:terminal>/alarms/<int:number>", acts.alarm_settled, name="terminal-alarm"),
    path("terminals/<str:terminal>/renew", acts.renewed, name="terminal-renew"),
    path("terminals/<str:terminal>/revoke", acts.revocation, name="terminal-revoke"),
    path("terminals/<str:terminal>/revoked", acts.revoked, name="terminal-revoked"),
    path("terminals/<str:terminal>/shut", acts.shut, name="terminal-shut"),
    path("terminals/<str:terminal>/settings", settings.settings, name="terminal-settings"),
    path("terminals/<str:terminal>/settings/compared", settings.compared, name="terminal-compared"),
    path("terminals/<str:terminal>/settings/given", settings.given, name="terminal-given"),
    path("terminals/<str:terminal>/orders", tasks.tasks, name="terminal-tasks"),
    path("terminals/<str:terminal>/orders/asked", tasks.asked, name="terminal-asked"),
    path("screen-messages/", screens.screens, name="screen-messages"),
    path("screen-messages/said", screens.said, name="screen-say"),
    path("screen-messages/<str:message>/ended", screens.ended, name="screen-end"),
    path("terminal-messages/", staff_messages.staff_messages, name="staff-messages"),
    path("terminal-messages/<int:number>/read", staff_messages.staff_message_read, name="staff-message-read"),
    path("group-settings/", group.group, name="group-settings"),
    path("group-settings/compared", group.group_compared, name="group-compared"),
    path("group-settings/given", group.group_given, name="group-given"),
    path("enrolment/", enrolment.enrolment, name="enrolment"),
    path("enrolment/token", enrolment.token_made, name="enrolment-token"),
    path("enrolment/request", enrolment.request_shown, name="enrolment-request"),
    path("enrolment/decided", enrolment.decided, name="enrolment-decided"),
    path("enrolment/answer", enrolment.answered, name="enrolment-answer"),
    path("enrolment/strangers", views.strangers, name="enrolment-strangers"),
]
