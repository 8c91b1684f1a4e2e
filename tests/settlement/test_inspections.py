"""Inspectors' visits: whose names are called, whom they found, and which sites are due."""

from random import Random

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from settlement.inspections import Visit, draw, enter_visit, overdue_sites, present_at, visits
from settlement.models import InspectedPerson, InspectionVisit, Site
from settlement.reach import WHOLE
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


@pytest.fixture
def visit(site, noon_ms, evening_ms):
    def _visit(**changes):
        said = {"inspector": "Qian", "at_ms": noon_ms}
        return enter_visit(site, Visit(**{**said, **changes}), by=actor("Qian"), now_ms=evening_ms)

    return _visit


def test_who_had_come_and_not_left_is_on_site(mei, ended_fair, serve, site, noon_ms):
    serve(-3, 2)
    assert present_at(site, noon_ms) == {1001: "fair"}
    assert present_at(site, noon_ms + 2 * HOUR_MS) == {}
    assert present_at(site, noon_ms - 4 * HOUR_MS) == {}


def test_who_is_still_there_is_on_site(mei, fair, terminal, deliver, settle, site, noon_ms):
    terminal.check_in("badge:1001.1", wall_ms=noon_ms)
    deliver(received_ms=noon_ms)
    settle(noon_ms + HOUR_MS)
    assert present_at(site, noon_ms + HOUR_MS) == {1001: "fair"}


def test_names_are_drawn_from_those_present_and_from_nobody_else():
    drawn = [draw({5, 3, 9, 7}, 2, Random(seed)) for seed in range(200)]
    assert all(len(set(names)) == 2 and names == sorted(names) for names in drawn)
    assert {name for names in drawn for name in names} == {3, 5, 7, 9}
    assert draw({5, 3}, 9, Random(0)) == [3, 5]
    assert draw((), 9, Random(0)) == []


def test_a_visit_keeps_who_was_seen_and_in_which_activity(mei, wei, ended_fair, serve, terminal, visit):
    serve()
    entered = visit(seen=(1001,), not_seen=(1002,), findings=" The tent leaks. ", terminal=terminal.name)
    assert (entered.findings, entered.terminal_id) == ("The tent leaks.", terminal.name)
    people = InspectedPerson.objects.order_by("volunteer")
    assert list(people.values_list("volunteer__number", "activity__id", "seen")) == [
        (1001, "fair", True),
        (1002, None, False),
    ]
    assert list(visits(WHOLE)) == [entered]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"inspector": " "}, "NOBODY"),
        ({"at_ms": 10**15}, "FUTURE_TIME"),
        ({"terminal": "moon"}, "TERMINAL_ELSEWHERE"),
        ({"seen": (1001,), "not_seen": (1001,)}, "CALLED_TWICE"),
        ({"seen": (1001, 999)}, "UNKNOWN_VOLUNTEER"),
        ({"findings": "x" * 1001}, "NOTE_TOO_LONG"),
    ],
)
def test_a_visit_that_cannot_be_is_refused_and_nothing_is_written(mei, visit, changes, code):
    with pytest.raises(RulesError) as refused:
        visit(**changes)
    assert refused.value.code == code
    assert not InspectionVisit.objects.exists()
    assert not InspectedPerson.objects.exists()


@pytest.mark.parametrize("model", [InspectionVisit, InspectedPerson])
def test_neither_visit_nor_roll_is_changed_afterwards(model, mei, visit):
    visit(seen=(1001,))
    rows = model.objects.all()
    for change in (lambda: rows.update(id=9), lambda: rows._raw_delete("default")):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            change()


def test_sites_are_due_a_week_after_their_last_visit(site, visit, noon_ms):
    never = Site.objects.create(code="south", name="South gate", zone="Asia/Shanghai")
    assert [found.code for found, _ in overdue_sites(WHOLE, noon_ms, 7)] == ["north", "south"]
    visit()
    assert [found for found, _ in overdue_sites(WHOLE, noon_ms + 7 * DAY_MS, 7)] == [never]
    assert overdue_sites(WHOLE, noon_ms + 7 * DAY_MS + 1, 7) == [(never, None), (site, noon_ms)]
