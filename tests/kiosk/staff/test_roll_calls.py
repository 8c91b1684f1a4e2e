"""An inspector calls the roll: drawn so that anybody can check it, answered for by name, in the log."""

import msgspec
import pytest

from kiosk.local_api.requests import DrawRoll, Find, LeaveNote, Login, RollAnswer, SignRoll
from sync.contract import roll_call
from sync.contract.events import RollCall
from sync.contract.roster import RosterPerson, StaffRole
from tests.kiosk.samples import PINS, ROSTER
from tests.kiosk.staff.staffed_terminal import Client, denied, entry, log_in
from tests.sync.samples import NINE_MS

ROLES = {"leader-2": StaffRole.INSPECTOR, "1": StaffRole.SUPERVISOR}
ROSTER_WITH_ROLES = msgspec.structs.replace(
    ROSTER,
    people=[RosterPerson(str(number), f"Person {number}") for number in range(1, 7)],
    staff=[msgspec.structs.replace(one, role=ROLES.get(one.staff, StaffRole.STAFF)) for one in ROSTER.staff],
)
DRAW = DrawRoll(7, 3)


@pytest.fixture
def terminal(start):
    return start(roster=ROSTER_WITH_ROLES)


def begin(terminal, staff):
    client = Client()
    return client, terminal.ask(Login(1, staff, PINS[staff]), client)


@pytest.fixture
def inspector(terminal):
    client, told = begin(terminal, "leader-2")
    assert told.role == "inspector"
    return client


def signed(roll, remark="", request=8) -> SignRoll:
    first, *others = [one.volunteer for one in roll.names]
    answers = [RollAnswer(first, seen=False, remark=remark), *(RollAnswer(one, seen=True) for one in others)]
    return SignRoll(request, roll.seed, answers)


def test_names_are_drawn_of_those_here_and_what_was_found_stands_in_the_log(terminal, inspector):
    for number in (1, 3, 4, 5, 6):
        terminal.comes(NINE_MS + number, volunteer=number)
    terminal.ask(DRAW, inspector)  # drawn anew, which is told
    roll = terminal.ask(DRAW, inspector)
    numbers = [one.volunteer for one in roll.names]
    assert (roll.present, len(numbers), roll.names[0].activity) == (5, 3, "Guides")
    assert numbers == roll_call.drawn(roll.seed, ["6", "5", "4", "3", "1"], 3)
    assert terminal.ask(signed(roll, " at lunch\n"), inspector).code == "roll_signed"
    event = terminal.logged()[-1]
    assert isinstance(event, RollCall)
    assert (event.inspector, event.seed, event.present, event.draws) == ("leader-2", roll.seed, 5, 2)
    assert event.present_digest == roll_call.digest_of(["1", "3", "4", "5", "6"])
    assert [(one.volunteer, one.seen, one.remark) for one in event.called] == [
        (numbers[0], False, "at lunch"),
        (numbers[1], True, ""),
        (numbers[2], True, ""),
    ]
    assert terminal.ask(signed(roll), inspector) == denied(signed(roll), "no_such_roll")  # once


def test_nobody_answers_for_another_name_or_another_inspectors_roll(terminal, inspector):
    terminal.comes(NINE_MS, volunteer=3)
    roll = terminal.ask(DRAW, inspector)
    other = SignRoll(8, roll.seed, [RollAnswer("4", seen=True)])
    assert terminal.ask(other, inspector) == denied(other, "no_such_roll")
    supervisor, told = begin(terminal, "1")
    assert told.role == "supervisor"
    assert terminal.ask(signed(roll), supervisor) == denied(signed(roll), "no_such_roll")
    assert not any(isinstance(event, RollCall) for event in terminal.logged())


def test_nobody_here_and_oneself_are_no_roll(terminal):
    supervisor, _ = begin(terminal, "1")
    terminal.comes(NINE_MS)
    assert terminal.ask(DRAW, supervisor) == denied(DRAW, "nobody_present")


def test_roles_mean_something(terminal, inspector):
    zhao = log_in(terminal)
    assert terminal.ask(DRAW, zhao) == denied(DRAW, "only_inspectors")
    for request in (Find(5, "x"), LeaveNote(5, "2", "x"), entry(second="1", second_pin=PINS["1"])):
        assert terminal.ask(request, inspector) == denied(request, "not_for_inspectors")
    assert terminal.ask(entry(), zhao) == denied(entry(), "not_for_inspectors")  # signs for no entry either
    supervised = entry(second="1", second_pin=PINS["1"])
    assert terminal.ask(supervised, zhao).code == "entered_in"
