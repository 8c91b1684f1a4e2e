"""The database itself forbids to change or delete evidence."""

import pytest
from django.db import DatabaseError, connection, transaction

from settlement.ingest.ingest import ingest
from settlement.models import Event, ForkEvidence, Volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(terminal, centre, noon_ms):
    ingest(terminal.batch_topic, terminal.batch(), noon_ms, centre=centre)
    return Event.objects.get()


@pytest.fixture
def fork(event):
    return ForkEvidence.objects.create(chain=event.chain, seq=1, hash=b"h" * 32, raw=b"{}", received_ms=1)


def refused(action):
    with pytest.raises(DatabaseError, match="evidence is never changed or deleted"), transaction.atomic():
        action()


@pytest.mark.parametrize(
    "change",
    [{"raw": b"{}"}, {"hash": b"x" * 32}, {"seq": 9}, {"wall_ms": 0}, {"received_ms": 0}, {"kind": "boot"},
     {"boot": ""}, {"mono_ms": 0}, {"clock_doubtful": True}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_no_column_of_an_event_can_be_changed(change, event):
    refused(lambda: Event.objects.update(**change))


def test_an_event_cannot_be_moved_to_another_chain(event):
    refused(lambda: Event.objects.update(chain_id=event.chain_id + 1))


def test_an_event_cannot_be_deleted(event):
    def delete():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM settlement_event")

    refused(delete)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite knows INSERT OR REPLACE")
def test_an_event_cannot_be_replaced(event):
    def replace():
        with connection.cursor() as cursor:
            cursor.execute("INSERT OR REPLACE INTO settlement_event SELECT * FROM settlement_event")

    refused(replace)


def test_fork_evidence_cannot_be_changed_or_deleted(fork):
    refused(lambda: ForkEvidence.objects.update(raw=b"[]"))
    refused(lambda: ForkEvidence.objects.all().delete())


def test_the_judgement_of_an_event_can_be_made_again(event):
    volunteer = Volunteer.objects.create(number=1, display_name="Mei")
    Event.objects.update(volunteer=volunteer, status="needs_review", review_reason="unknown_kind")
    event.refresh_from_db()
    assert (event.volunteer, event.status) == (volunteer, "needs_review")
