""" "Receive first, judge later": what is not understood is stored and acknowledged all the same."""

import json

import pytest

from settlement.models import Credential, Event, Unsettled, Volunteer
from sync.contract.events import ClockAnchor, ClockState, ClockTrust, Manual, Refused

pytestmark = pytest.mark.django_db


def an_unknown_kind(terminal):
    return terminal.write(json.dumps({"kind": "teleport", "terminal": terminal.name, "boot": terminal.boot,
                                      "mono_ms": 5, "wall_ms": 6}).encode())  # fmt: skip


def nested_a_thousand_levels_deep(terminal):
    return terminal.write(b'{"kind": "x", "new": ' + b"[" * 5000 + b"]" * 5000 + b"}")


def no_json(terminal):
    return terminal.write(b"\xff\x00 no json")


def an_unknown_volunteer(terminal):
    return terminal.check_in("badge:4711.1")


def an_unknown_card(terminal):
    return terminal.check_in("keyed:" + "a" * 32)


def an_unknown_activity(terminal):
    return terminal.check_in(activity="gone")


def the_year_1970(terminal):
    return terminal.check_in(wall_ms=1000)


def two_days_ahead(terminal):
    return terminal.check_in(wall_ms=1_772_856_000_000 + 2 * 86_400_000)


def another_place(terminal):
    return terminal.write(terminal.events[0])


@pytest.mark.parametrize(
    ("strange", "reason"),
    [
        (an_unknown_kind, "unknown_kind"),
        (nested_a_thousand_levels_deep, "unknown_kind"),
        (no_json, "unknown_kind"),
        (an_unknown_volunteer, "unknown_volunteer"),
        (an_unknown_card, "unknown_volunteer"),
        (an_unknown_activity, "unknown_activity"),
        (the_year_1970, "absurd_time"),
        (two_days_ahead, "absurd_time"),
        (another_place, "misplaced"),
    ],
)
def test_it_stores_what_it_does_not_understand_for_review(
    strange, reason, terminal, send, read_acks, mei, fair
):
    seq = strange(terminal)
    terminal.check_in()
    (ack,) = read_acks(send().publications)
    assert (ack.contiguous, ack.rejects) == (3, [])
    event = Event.objects.get(seq=seq)
    assert (event.status, event.review_reason) == ("needs_review", reason)
    assert bytes(event.raw) == terminal.events[seq - 1]
    assert Event.objects.get(seq=3).status == "stored"


def test_a_badge_that_was_entered_for_somebody_else_is_theirs(terminal, send, mei, fair):
    wei = Volunteer.objects.create(number=1002, display_name="Wei")
    Credential.objects.create(ref="badge:1001.9", volunteer=wei, method="badge", assurance="medium")
    terminal.check_in("badge:1001.9")
    terminal.check_in("badge:1001.1")
    send()
    assert [event.volunteer for event in Event.objects.order_by("seq")] == [None, wei, mei]


def test_it_does_not_call_a_time_absurd_that_its_terminal_does_not_believe(terminal, send, mei, fair):
    terminal.check_in(wall_ms=1000, clock=ClockTrust(ClockState.UNSET))
    send()
    event = Event.objects.get(seq=2)
    assert (event.status, event.clock_doubtful, event.volunteer) == ("stored", True, mei)


def test_it_stores_refusals_and_manual_entries(terminal, send, mei, fair, noon_ms):
    terminal.log(Refused, reason="unreadable")
    manual = {"activity": "fair", "direction": "in", "at_ms": noon_ms, "reason": "card forgotten",
              "entered_by": "s1", "confirmed_by": "s2"}  # fmt: skip
    terminal.log(Manual, volunteer="1001", **manual)
    terminal.log(Manual, volunteer="nobody", **manual)
    send()
    found = list(Event.objects.order_by("seq").values_list("kind", "volunteer", "review_reason"))
    assert found[1:] == [("refused", None, ""), ("manual", 1001, ""), ("manual", None, "unknown_volunteer")]


def test_a_new_anchor_settles_those_anew_whose_clock_was_doubtful(terminal, send, mei, fair, noon_ms):
    terminal.check_in(wall_ms=1000, clock=ClockTrust(ClockState.UNSET))
    send()
    Unsettled.objects.all().delete()
    terminal.log(ClockAnchor, true_ms=noon_ms, error_ms=20, source="ack")
    send(3, 3)
    assert Unsettled.objects.get().volunteer == mei
