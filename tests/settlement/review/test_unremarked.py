"""What is approved without being read has the consequences of what is read; `conftest` compares the two."""

import json

import pytest

from settlement.accounts.audit import Signed
from settlement.ledger.entries import pending
from settlement.models import Account, Review, StarReview, WebhookDelivery
from settlement.people_settings import SecondFactorFrom
from settlement.review.decide import approve_clean_lines
from settlement.webhooks.events import LineEvent
from settlement.webhooks.registering import NewWebhook, add_webhook
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3600


@pytest.mark.parametrize("told", [True, False])
def test_a_fallen_star_is_asked_about_and_receivers_are_told(
    told, mei, wei, ended_fair, serve, credit, reviewer
):
    serve(number=1002)
    credit(mei, 60 * HOUR)
    credit(mei, -1, kind="adjustment", approved=False)
    credit(mei, 2, "2026-03-08", approved=False)
    credit(wei, -1, "2026-03-08", approved=False)
    Review.objects.create(
        entry=credit(mei, HOUR, "2026-03-05", approved=False), state="rejected", by="staff1", at_ms=0
    )
    again = credit(mei, HOUR, "2026-03-05", approved=False)
    if told:
        zhao = actor("Zhao")
        Account.objects.filter(pk=zhao.account).update(password="argon2$set")
        new = NewWebhook("board", "http://127.0.0.1:9/hook", frozenset(LineEvent), "")
        add_webhook(new, Signed(zhao, 0), SecondFactorFrom.NOBODY, plain=True)
    done = approve_clean_lines(ended_fair, reviewer(override="paper"))
    assert (len(done.decided), dict(done.refused)) == (4, {again.pk: "REJECTED_BEFORE"})
    assert [row.pk for row in pending()] == [again.pk]
    assert not StarReview.objects.exists(), "a second more than before"
    credit(mei, -2, "2026-03-08", kind="adjustment", approved=False)
    approve_clean_lines(ended_fair, reviewer(override="paper"))
    fallen = StarReview.objects.get()
    assert (fallen.volunteer_id, fallen.stars_before, fallen.approved_s) == (1001, 2, 60 * HOUR - 1)
    lines = [line for row in WebhookDelivery.objects.all() for line in json.loads(row.body)["data"]["lines"]]
    assert sorted(line["delta_s"] for line in lines) == ([-2, -1, -1, 2, 8 * HOUR] if told else [])
