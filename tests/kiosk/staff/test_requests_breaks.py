"""A break: out with a mark, shown as one, and in again; by a scan, or as staff write it down."""

from kiosk.local_api.messages import Decided, Outcome
from kiosk.local_api.replies import PersonCard, Result
from kiosk.local_api.requests import LookUp, SetTerminal
from sync.contract.events import CheckIn, CheckOut, Manual
from tests.kiosk.samples import HOUR_MS
from tests.kiosk.staff.staffed_terminal import entry, log_in
from tests.sync.samples import NINE_MS

NOON_MS = NINE_MS + 3 * HOUR_MS


def test_a_scan_at_a_terminal_for_breaks_begins_one_and_the_next_ends_it(terminal):
    terminal.comes(NINE_MS)
    terminal.ask(SetTerminal(1, "break"), log_in(terminal))
    went = terminal.comes(NOON_MS)
    assert (went.outcome, went.reason) == (Outcome.ACCEPTED_OUT, "on_break")
    out = terminal.logged()[-1]
    assert isinstance(out, CheckOut)
    assert out.on_break
    presence = terminal.engine.presence
    assert (presence.here(NOON_MS), presence.on_break(NOON_MS)) == ([], [("1", NOON_MS, "guides-east")])
    back = terminal.comes(NOON_MS + HOUR_MS)
    assert (back.outcome, back.reason) == (Outcome.ACCEPTED_IN, "")
    assert isinstance(terminal.logged()[-1], CheckIn)
    assert presence.on_break(NOON_MS + HOUR_MS) == []


def test_who_comes_to_a_terminal_for_breaks_is_let_in(terminal, zhao):
    terminal.ask(SetTerminal(1, "break"), zhao)
    assert terminal.comes(NINE_MS).outcome is Outcome.ACCEPTED_IN


def test_staff_write_a_break_down_and_the_card_says_since_when(terminal, zhao):
    terminal.comes(NINE_MS - 2 * HOUR_MS + HOUR_MS)
    terminal.clock.now_ms = NINE_MS
    zhao = log_in(terminal)
    out = entry(volunteer="1", direction="out", at_ms=NINE_MS, on_break=True)
    assert terminal.ask(out, zhao) == Result(9, ok=True, code="on_break", name="李明")
    assert terminal.next(Decided).reason == "on_break"
    assert isinstance(terminal.logged()[-1], Manual)
    assert terminal.logged()[-1].on_break
    card = terminal.ask(LookUp(2, "1"), zhao)
    assert isinstance(card, PersonCard)
    assert (card.since_ms, card.on_break_ms) == (None, NINE_MS)


def test_whoever_leaves_from_elsewhere_is_on_no_break_and_nobody_is_for_ever(terminal):
    terminal.comes(NINE_MS)
    terminal.ask(SetTerminal(1, "break"), log_in(terminal))
    terminal.comes(NOON_MS)
    assert terminal.engine.presence.on_break(NOON_MS + 24 * HOUR_MS) == []
