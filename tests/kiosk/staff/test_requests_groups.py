"""A group without names: counted as it comes and leaves, and nobody's hours."""

import pytest

from kiosk.local_api.replies import Figures, GroupsHere, Result
from kiosk.local_api.requests import GroupCame, GroupLeft, ListFigures, ListGroups
from sync.contract.events import Group
from tests.kiosk.samples import HOUR_MS
from tests.kiosk.staff.staffed_terminal import log_in
from tests.sync.samples import NINE_MS

CLASS = GroupCame(3, 30, " City school,  class 4 ")


@pytest.fixture
def school(terminal, zhao) -> Group:
    assert terminal.ask(CLASS, zhao) == Result(3, ok=True, code="group_came")
    return terminal.logged()[-1]


def test_a_group_is_noted_counted_and_here_for_nobody(terminal, school, zhao):
    assert (school.count, school.remark, school.activity, school.direction, school.entered_by) == (
        30, "City school, class 4", "guides-east", "in", "liaison-7",
    )  # fmt: skip
    assert terminal.engine.presence.here(NINE_MS) == []
    told = terminal.ask(ListFigures(4), zhao)
    assert isinstance(told, Figures)
    assert (told.in_groups, told.hours, told.taken_back) == (30, [], 0)


def test_some_leave_and_then_the_rest_and_never_more_than_are_here(terminal, school, zhao):
    assert terminal.ask(GroupLeft(3, school.group, 31), zhao).code == "wrong_count"
    assert terminal.ask(GroupLeft(3, school.group, 10), zhao).code == "group_left"
    told = terminal.ask(ListGroups(4), zhao)
    assert isinstance(told, GroupsHere)
    assert [(one.count, one.activity, one.since_ms) for one in told.groups] == [(20, "Guides", NINE_MS)]
    assert terminal.ask(GroupLeft(3, school.group, 20), zhao).code == "group_left"
    assert terminal.ask(ListGroups(4), zhao).groups == []
    assert terminal.ask(GroupLeft(3, school.group, 1), zhao).code == "no_such_group"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (GroupCame(3, 0, "school"), "wrong_count"),
        (GroupCame(3, 10_001, "school"), "wrong_count"),
        (GroupCame(3, 5, " "), "no_remark"),
        (GroupCame(3, 5, "school", "nothing"), "activity_not_executing"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_logged(terminal, zhao, asked, code):
    before = terminal.logged()
    assert terminal.ask(asked, zhao) == Result(3, ok=False, code=code)
    assert terminal.logged() == before


def test_a_group_that_nobody_saw_leave_is_here_no_longer_than_a_stay_may_last(terminal, school):
    terminal.clock.now_ms = NINE_MS + 48 * HOUR_MS
    assert terminal.ask(ListGroups(4), log_in(terminal)).groups == []


def test_groups_are_for_staff(terminal):
    assert terminal.ask(CLASS).code == "not_logged_in"
