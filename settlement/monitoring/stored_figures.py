"""Figures that stand in the database or in the centre's files, read anew whenever Prometheus asks."""

from django.db.models import Count, Max, Min, OuterRef, Subquery, Sum
from prometheus_client.core import Metric

from foundation.figures import counters, gauge, gauges
from settlement.authority.own_certificates import days_left_of_own
from settlement.models import Chain, Event, LogAlarm, Quarantine, Terminal, Unsettled, WebhookDelivery
from settlement.monitoring.link_states import LinkStates
from settlement.settings import CentreSettings


def evidence_figures(settings: CentreSettings, links: LinkStates, now_ms: int) -> list[Metric]:
    """What came in, what was put aside, and how terminals and certificates stand."""
    here = Terminal.objects.filter(realm=settings.realm)
    known = here.filter(revoked_ms=None).values_list("id", flat=True)
    # One look-up by primary key for each chain, however many events there are.
    last = Event.objects.filter(chain=OuterRef("pk"), seq=OuterRef("contiguous")).values("received_ms")[:1]
    newest = Chain.objects.annotate(at=Subquery(last)).aggregate(newest=Max("at"))["newest"]
    aside = Quarantine.objects.values_list("reason").annotate(rows=Count("pk")).order_by("reason")
    waiting = LogAlarm.objects.filter(settled_ms=None)
    doubts = waiting.values_list("code").annotate(rows=Count("pk")).order_by("code")
    since_batch = (
        [
            gauge(
                "muster_centre_seconds_since_batch",
                "Seconds since the newest event was stored.",
                max(now_ms - newest, 0) / 1000,
            )
        ]
        if newest is not None
        else []
    )
    return [
        counters(
            "muster_centre_events",
            "Events stored without a gap before them.",
            (),
            {(): Chain.objects.aggregate(held=Sum("contiguous", default=0))["held"]},
        ),
        *since_batch,
        gauges(
            "muster_centre_quarantine_rows",
            "Messages that were not taken and wait to be looked at, by reason.",
            ("reason",),
            {(reason,): rows for reason, rows in aside},
        ),
        gauges(
            "muster_centre_log_alarms",
            "Alarms about terminals' logs that nobody has settled, by what was found.",
            ("alarm",),
            {(code,): rows for code, rows in doubts},
        ),
        gauges(
            "muster_centre_terminals",
            "Terminals by what the broker says of their connection.",
            ("link",),
            {(state,): count for state, count in links.count(known).items()},
        ),
        gauge(
            "muster_centre_terminals_revoked",
            "Terminals that lost their right to speak.",
            here.exclude(revoked_ms=None).count(),
        ),
        gauges(
            "muster_centre_certificate_days",
            "Days until a certificate of the centre's own ends.",
            ("whose",),
            {(whose,): days for whose, days in days_left_of_own(settings).items()},
        ),
    ]


def settling_figures(now_ms: int) -> list[Metric]:
    """Who waits to be settled, and for how long; and which messages to webhooks did not arrive yet."""
    waiting = Unsettled.objects.aggregate(count=Count("pk"), oldest=Min("since_ms"))
    oldest = waiting["oldest"]
    unsent = (
        WebhookDelivery.objects.exclude(state="delivered").values_list("state").annotate(rows=Count("pk"))
    )
    return [
        gauge(
            "muster_centre_unsettled_volunteers",
            "Volunteers with evidence that is not settled yet.",
            waiting["count"],
        ),
        gauge(
            "muster_centre_oldest_unsettled_seconds",
            "How long the first of them has waited; 0 while nobody waits.",
            max(now_ms - oldest, 0) / 1000 if oldest is not None else 0,
        ),
        gauges(
            "muster_centre_webhook_messages",
            "Messages to webhooks that wait or were given up.",
            ("state",),
            {
                ("waiting",): 0,
                ("given_up",): 0,
                **{(state,): rows for state, rows in unsent.order_by("state")},
            },
        ),
    ]
