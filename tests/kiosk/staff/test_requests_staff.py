"""Who may ask what of a terminal, and what staff order it to do."""

import msgspec
import pytest

from kiosk.checkin.decision import Policy
from kiosk.checkin.overrides import StaffOverrides
from kiosk.local_api.messages import Outcome
from kiosk.local_api.replies import Result
from kiosk.local_api.requests import (
    Find,
    ListQuestions,
    ListRecent,
    Login,
    Logout,
    RestartDevice,
    SetOutOfOrder,
    SetTerminal,
)
from sync.contract.remote_settings import TerminalDirection
from tests.kiosk.samples import GUIDES, HOUR_MS, PINS, ROSTER, token
from tests.kiosk.staff.staffed_terminal import Client, denied, entry, log_in
from tests.sync.samples import NINE_MS


@pytest.mark.parametrize(
    "request_",
    [
        Find(4, "李"),
        entry(request=4),
        ListRecent(4),
        ListQuestions(4),
        SetTerminal(4, direction="out"),
        SetOutOfOrder(4, out_of_order=True),
        RestartDevice(4, "scanner"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_staff_do_is_refused_to_everybody_else(terminal, request_):
    before = terminal.logged()
    assert terminal.ask(request_) == Result(4, ok=False, code="not_logged_in")
    assert terminal.logged() == before


def test_a_session_belongs_to_its_client_and_ends_there(terminal, zhao):
    assert terminal.ask(ListRecent(5), zhao).events == []
    assert terminal.ask(ListRecent(5)).code == "not_logged_in"
    assert terminal.ask(Logout(6), zhao) == Result(6, ok=True, code="logged_out")
    assert terminal.ask(ListRecent(7), zhao).code == "not_logged_in"


def test_no_pin_and_no_name_reaches_the_log(terminal, zhao):
    terminal.ask(entry(), zhao)
    terminal.ask(Login(1, "leader-2", "730599"))
    content = b"".join(path.read_bytes() for path in terminal.log.path.parent.glob("log.db*"))
    for secret in [*PINS.values(), "730599", "Zhao", "سارة"]:
        assert secret.encode() not in content


def test_a_pin_stands_in_no_representation():
    assert "730518" not in repr(Login(1, "liaison-7", "730518"))
    assert PINS["leader-2"] not in repr(entry())


def test_staff_set_what_a_scan_means_until_further_notice(start):
    first = start()
    zhao = log_in(first)
    assert first.ask(SetTerminal(2, direction="out"), zhao) == Result(2, ok=True, code="set")
    alarm = first.logged()[-1]
    assert (alarm.code, alarm.detail) == (
        "staff_orders",
        "direction out, activity as planned, in order; by liaison-7",
    )
    assert first.comes(NINE_MS).outcome is Outcome.ACCEPTED_OUT
    first.stop()
    second = start(now_ms=NINE_MS + HOUR_MS)
    assert second.comes(NINE_MS + HOUR_MS).outcome is Outcome.ACCEPTED_OUT
    assert second.ask(SetTerminal(3), log_in(second)).ok
    assert second.comes(NINE_MS + 2 * HOUR_MS).outcome is Outcome.ACCEPTED_IN


def test_staff_choose_among_the_activities_that_run(start):
    water = msgspec.structs.replace(GUIDES, id="water", title="Water")
    terminal = start(roster=msgspec.structs.replace(ROSTER, activities=[GUIDES, water]))
    zhao = log_in(terminal)
    assert terminal.ask(SetTerminal(2, activity="moon"), zhao).code == "no_such_activity"
    assert terminal.engine.overrides == StaffOverrides()
    assert terminal.ask(SetTerminal(2, activity="water"), zhao).ok
    assert terminal.comes(NINE_MS).activity == "water"
    assert terminal.ask(entry(), zhao).ok
    assert terminal.logged()[-1].activity == "water"


def test_a_terminal_out_of_order_refuses_in_words_until_it_is_back(terminal, zhao):
    assert terminal.ask(SetOutOfOrder(2, out_of_order=True), zhao).code == "out_of_order"
    refused = terminal.comes(NINE_MS)
    assert (refused.outcome, refused.reason) == (Outcome.REFUSED, "out_of_order")
    assert terminal.ask(SetOutOfOrder(3, out_of_order=False), zhao).code == "in_order"
    assert terminal.comes(NINE_MS + 1000).outcome is Outcome.ACCEPTED_IN


def test_new_settings_leave_the_orders_of_staff_in_force(terminal, zhao):
    terminal.ask(SetTerminal(2, direction="out"), zhao)
    terminal.engine.do(lambda: terminal.engine.decide_by(Policy(TerminalDirection.IN)))
    assert terminal.comes(NINE_MS).outcome is Outcome.ACCEPTED_OUT


def test_orders_that_cannot_be_read_stop_nothing(tmp_path, start):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "orders.kept").write_bytes(b"nonsense")
    assert start().comes(NINE_MS).outcome is Outcome.ACCEPTED_IN


def test_staff_start_a_device_anew(terminal, zhao):
    assert terminal.ask(RestartDevice(2, "scanner"), zhao) == Result(2, ok=True, code="restarted")
    assert terminal.ask(RestartDevice(3, "toaster"), zhao).code == "no_such_device"
    assert terminal.restarted == ["scanner", "toaster"]


def test_a_badge_that_a_scanner_types_names_who_logs_in_and_who_signs(terminal):
    client = Client()
    said = terminal.ask(Login(1, f" {token(1)}", PINS["1"]), client)
    assert (said.ok, said.name) == (True, "李明")
    for wrong in (Login(2, token(1), PINS["leader-2"]), Login(3, token(2), PINS["1"])):
        assert terminal.ask(wrong, Client()) == denied(wrong, "wrong_pin")


def test_who_signs_may_be_named_by_a_badge_too(terminal):
    said = terminal.ask(entry(second=token(1), second_pin=PINS["1"]), log_in(terminal))
    assert said.code == "entered_in"
