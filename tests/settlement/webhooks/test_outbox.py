"""What is settled is written down in the same transaction, for whom it may be told, without names."""

import json

import pytest
from django.db import transaction

from settlement.accounts.accounts import ChangedAccount, change_account, end_account
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed
from settlement.models import LedgerEntry, Webhook, WebhookDelivery
from settlement.organisations.tree import add_organisation
from settlement.review.decide import approve, reject
from settlement.settling.merging import merge_numbers
from settlement.webhooks import outbox
from settlement.webhooks.deliveries import forget_deliveries
from settlement.webhooks.events import LineEvent
from settlement.webhooks.registering import pause_webhook
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(mei, ended_fair, serve):
    """Mei served eight hours, which wait for a reviewer."""
    serve()
    return LedgerEntry.objects.get()


def adjusted(entry, delta_s):
    """An adjustment that waits."""
    return LedgerEntry.objects.create(
        volunteer_id=entry.volunteer_id, activity_id=entry.activity_id, local_date=entry.local_date,
        kind="adjustment", rev=LedgerEntry.objects.filter(kind="adjustment").count() + 1, delta_s=delta_s,
        reason="LATE_EVENT", flags=[], hands=[], sessions=[], rules_id=entry.rules_id, entered_ms=0,
    )  # fmt: skip


def told():
    return [
        (row.kind, json.loads(row.body)["data"]["lines"]) for row in WebhookDelivery.objects.order_by("pk")
    ]


def test_a_line_is_settled_changed_and_withdrawn(served, webhook_of, reviewer, evening_ms):
    row, _ = webhook_of()
    approve([served.pk], reviewer())
    delivery = WebhookDelivery.objects.get()
    assert json.loads(delivery.body) == {
        "type": "lines.settled",
        "timestamp": "2026-03-07T15:00:00.000+00:00",
        "data": {
            "lines": [
                {
                    "volunteer": 1001, "activity": "fair", "organisation": "", "local_date": "2026-03-07",
                    "entries": [served.pk], "delta_s": 28800, "approved_s": 28800, "hours": "8.00",
                }
            ]
        },
    }  # fmt: skip
    assert "Mei" not in delivery.body
    assert (delivery.webhook, delivery.state, delivery.lines) == (row, "waiting", 1)
    approve([adjusted(served, -3600).pk], reviewer())
    approve([adjusted(served, -25200).pk], reviewer())
    assert [(kind, lines[0]["delta_s"], lines[0]["approved_s"]) for kind, lines in told()] == [
        ("lines.settled", 28800, 28800),
        ("lines.changed", -3600, 25200),
        ("lines.withdrawn", -25200, 0),
    ]


def test_what_is_refused_or_undone_is_told_to_nobody(served, webhook_of, reviewer):
    webhook_of()

    with transaction.atomic():
        approve([served.pk], reviewer())
        assert WebhookDelivery.objects.count() == 1
        transaction.set_rollback(True)
    assert told() == []
    reject([served.pk], reviewer(note="was not there"))
    assert told() == []


def test_each_is_told_of_the_own_branch_and_of_the_kinds_it_asked_for(served, webhook_of, reviewer):
    city, other = add_organisation("City"), add_organisation("Other city")
    district = add_organisation("District", parent=city)
    served.activity.organisation = district
    served.activity.save()
    of_city, of_other = actor("Wu", Level.SENIOR, city.path), actor("Chen", Level.SENIOR, other.path)
    wanted = [
        webhook_of(actor("Zhao"))[0],
        webhook_of(of_city)[0],
        webhook_of(of_city, district.path)[0],
        webhook_of(actor("Sun", Level.MIDDLE, district.path))[0],
    ]
    webhook_of(of_other)
    webhook_of(of_city, kinds=frozenset({LineEvent.CHANGED}))
    approve([served.pk], reviewer())
    assert {row.webhook for row in WebhookDelivery.objects.all()} == set(wanted)


def test_who_may_read_no_more_is_told_no_more(served, webhook_of, reviewer):
    zhao, city = Signed(actor("Zhao"), 1, "x"), add_organisation("City")
    served.activity.organisation = city
    served.activity.save()
    people = [actor(name, Level.MIDDLE, city.path) for name in ("Wu", "Sun", "Qian", "Li")]
    rows = [webhook_of(who)[0] for who in people]
    end_account("wu", zhao)
    change_account("sun", ChangedAccount(level=Level.VOLUNTEER), zhao)
    change_account("qian", ChangedAccount(organisation=add_organisation("Other").path), zhao)
    pause_webhook(rows[3].pk, zhao, pause=True)
    approve([served.pk], reviewer())
    assert told() == []
    assert Webhook.objects.count() == 4


def test_many_lines_come_in_portions(mei, wei, ended_fair, serve, webhook_of, reviewer, monkeypatch):
    serve()
    serve(number=1002)
    webhook_of()
    monkeypatch.setattr(outbox, "MOST_LINES", 1)
    approve([*LedgerEntry.objects.values_list("pk", flat=True)], reviewer())
    assert [[line["volunteer"] for line in lines] for _, lines in told()] == [[1001], [1002]]
    assert len({row.message for row in WebhookDelivery.objects.all()}) == 2


def test_hours_that_leave_a_number_with_a_merge_are_told(served, wei, webhook_of, reviewer, evening_ms):
    approve([served.pk], reviewer())
    webhook_of()
    merge_numbers(1002, 1001, actor("Zhao"), "same person", evening_ms + 1)
    ((kind, (line,)),) = told()
    assert (kind, line["volunteer"], line["delta_s"], line["approved_s"]) == (
        "lines.withdrawn", 1001, -28800, 0
    )  # fmt: skip


def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(db, webhook_of):
    row, _ = webhook_of()
    day_ms = 86_400_000
    for ended_ms in (None, 1, 31 * day_ms):
        message = outbox.message_of(row, LineEvent.SETTLED, [], 0)
        message.ended_ms = ended_ms
        message.save()
    forget_deliveries(30 * day_ms + 1)
    kept = WebhookDelivery.objects.order_by("pk").values_list("ended_ms", flat=True)
    assert [*kept] == [None, 31 * day_ms]
