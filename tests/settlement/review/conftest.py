"""Whenever a test approves what is clean: what a glance does is what reading each entry does."""

import pytest
from django.db import transaction
from msgspec import structs

from foundation.errors import RulesError
from settlement.models import Review, StaleCertificate, StarReview, WaitingEntry, WebhookDelivery

_ACCIDENTAL = {"id", "message", "made_ms", "next_ms"}
"""Columns that differ from one time to the next."""


def everything():
    """What an approval brings about."""
    return {
        kind.__name__: sorted(
            repr({name: value for name, value in row.items() if name not in _ACCIDENTAL})
            for row in kind.objects.values()
        )
        for kind in (Review, StarReview, StaleCertificate, WaitingEntry, WebhookDelivery)
    }


@pytest.fixture(autouse=True)
def a_glance_does_the_same(request, monkeypatch):
    from settlement.review import decide

    if "django_assert_max_num_queries" in request.fixturenames:
        return  # it would count those of the comparison

    review, judge = decide._review, decide._judged

    def told(run, asked):
        try:
            return run(asked)
        except RulesError as error:
            return error.trouble

    def tried(asked):
        with transaction.atomic():
            found = told(review, asked), everything()
            transaction.set_rollback(True)
        return found

    def compared(asked):
        if asked.only_clean:
            assert tried(asked) == tried(structs.replace(asked, only_clean=False))
        return review(asked)

    def foreseen(asked):
        judged = judge(asked)
        if asked.only_clean:
            each = judge(structs.replace(asked, only_clean=False))
            assert decide._told(judged) == decide._told(each)
        return judged

    monkeypatch.setattr(decide, "_review", compared)
    monkeypatch.setattr(decide, "_judged", foreseen)
