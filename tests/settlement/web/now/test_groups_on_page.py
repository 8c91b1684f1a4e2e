"""Groups without names at the centre: shown as long as they are here, and nobody's hours."""

import pytest
from django.db import DatabaseError, transaction

from settlement.evidence.attribution import attribute_again
from settlement.models import Event, GroupMovement, LedgerEntry, Unsettled
from settlement.organisations.tree import add_organisation
from settlement.reach import WHOLE, Reach
from settlement.review.groups_now import groups_at
from sync.contract.events import Group
from tests.settlement.web.conftest import text_of

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


def moves(terminal, at_ms, direction, count, group="ab" * 8, activity="fair"):
    terminal.log(
        Group, wall_ms=at_ms, group=group, activity=activity, direction=direction, count=count,
        remark="City <school>", entered_by="liaison-7",
    )  # fmt: skip


@pytest.fixture
def school(fair, rules, terminal, deliver, settle, noon_ms):
    """Thirty came at nine, ten left at eleven; five others came for something that nobody entered."""
    moves(terminal, noon_ms - 3 * HOUR, "in", 30)
    moves(terminal, noon_ms - HOUR, "out", 10)
    moves(terminal, noon_ms - HOUR, "in", 5, "cd" * 8, "unheard-of")
    deliver()
    settle()
    return fair.site


def test_they_are_counted_where_they_are_and_are_nobodys_hours(school, noon_ms):
    told = groups_at(school, WHOLE, noon_ms)
    assert [(one.count, one.activity) for one in told.here] == [(5, ""), (20, "Lantern fair")]
    assert (told.came, told.people) == (35, 25)
    assert not LedgerEntry.objects.exists()
    assert not Unsettled.objects.exists()
    assert set(Event.objects.filter(kind="group").values_list("status", flat=True)) == {"stored"}


def test_a_day_later_nobody_is_here_any_more(school, noon_ms):
    assert groups_at(school, WHOLE, noon_ms + 24 * HOUR).here == ()


def test_whoever_reaches_nothing_of_the_site_sees_none(school, noon_ms):
    assert groups_at(school, Reach(add_organisation("Elsewhere").path), noon_ms).came == 0


def test_the_sites_page_shows_them(client, school, noon_ms, monkeypatch):
    clock = type("Standing", (), {"wall_ms": lambda self: noon_ms, "mono_ms": lambda self: 0})
    monkeypatch.setattr("settlement.web.frame.open_clock", lambda _: clock())
    shown = text_of(client.get(f"/now/{school.code}/", secure=True))
    assert "City &lt;school&gt;" in shown
    assert "<bdi>35</bdi>" in shown


def test_what_was_noted_is_never_changed(school):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        GroupMovement.objects.update(count=1)


def test_what_an_older_centre_stored_without_understanding_it_is_counted_by_a_newer_one(
    fair, terminal, deliver, noon_ms, monkeypatch
):
    monkeypatch.setattr("settlement.evidence.store.note_groups", lambda *_: None)
    moves(terminal, noon_ms - HOUR, "in", 30)
    deliver()
    Event.objects.filter(kind="group").update(review_reason="unknown_kind", status="needs_review")
    attribute_again(noon_ms)
    assert groups_at(fair.site, WHOLE, noon_ms).people == 30
