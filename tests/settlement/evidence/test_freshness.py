"""Greetings that come late, again or out of order: only what a terminal said last by its own order counts."""

import pytest

from settlement.evidence.freshness import MOST_LEFT_BOOTS
from settlement.evidence.log_alarms import settle_alarm
from settlement.ingest.ingest import ingest
from settlement.models import LogAlarm, TerminalStatus
from settlement.review.completeness import evidence_of
from tests.settlement.actors import actor
from tests.settlement.paper_terminal import NOON_MS

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
EIGHT_LATER_MS = NOON_MS + 8 * HOUR


@pytest.fixture
def bring(terminal, centre):
    def _bring(payload, at_ms=EIGHT_LATER_MS):
        return ingest(terminal.hello_topic, payload, at_ms, centre=centre)

    return _bring


def heard_ms():
    return TerminalStatus.objects.get().hello_ms


def test_the_same_bytes_again_are_answered_and_move_nothing(terminal, deliver, bring, site, read_acks):
    deliver()
    hello = terminal.hello()
    bring(hello, NOON_MS)
    answer = bring(hello)
    assert (answer.rejected, [ack.contiguous for ack in read_acks(answer.publications)]) == (None, [1])
    (evidence,) = evidence_of(site)
    assert (evidence.heard_ms, evidence.complete_until_ms) == (NOON_MS, NOON_MS)
    assert not LogAlarm.objects.exists()


def test_an_earlier_one_of_the_same_boot_moves_nothing(terminal, bring):
    early, late = terminal.hello(unsent=7), terminal.hello(unsent=5)
    bring(late, NOON_MS)
    bring(early)
    assert (heard_ms(), TerminalStatus.objects.get().unsent) == (NOON_MS, 5)
    bring(terminal.hello(), NOON_MS + HOUR)
    assert heard_ms() == NOON_MS + HOUR


def test_two_that_differ_at_one_instant_both_count_and_the_same_again_does_not(terminal, bring):
    first, second = terminal.hello(roster=1, mono_ms=9), terminal.hello(roster=2, mono_ms=9)
    bring(first, NOON_MS)
    bring(second, NOON_MS + 1)
    bring(second)
    assert (heard_ms(), TerminalStatus.objects.get().roster) == (NOON_MS + 1, 2)


def test_a_replay_with_an_older_log_is_no_alarm(device, bring):
    device.accept(2)
    old = device.hello()
    device.accept(3)
    device.deliver()
    device.minutes += 1
    device.greet()
    bring(old)
    assert heard_ms() == device.wall_ms
    assert not LogAlarm.objects.exists()


@pytest.mark.parametrize("was_heard", [True, False])
def test_one_of_a_boot_that_was_left_moves_nothing_heard_before_or_not(was_heard, device, bring):
    device.accept(2)
    old = device.hello()
    if was_heard:
        bring(old, NOON_MS)
    reboot(device)
    device.deliver()
    greeted_ms = device.wall_ms
    bring(old)
    assert heard_ms() == greeted_ms
    device.minutes += 1
    device.greet()
    assert heard_ms() == device.wall_ms > greeted_ms


def test_a_boot_in_which_no_log_was_opened_yet_is_newer_than_the_one_before(device, bring):
    device.accept(2)
    old = device.hello()
    bring(old, NOON_MS)
    device.stop()
    device.boot = "d" * 32
    device.greet()
    assert TerminalStatus.objects.get().boot == "d" * 32
    bring(old)
    assert heard_ms() == device.wall_ms


def test_an_unheard_greeting_of_the_boot_before_holds_the_terminal_up_until_its_log_goes_on(device, bring):
    device.accept(2)
    unheard = device.hello()
    device.stop()
    device.boot = "d" * 32
    device.greet()
    bring(unheard)
    assert heard_ms() == EIGHT_LATER_MS  # nothing tells the two apart: both know the same log
    device.start()
    device.minutes += 1
    device.greet()
    assert heard_ms() == device.wall_ms


def test_a_terminal_with_a_new_log_is_heard(device, devices, tmp_path):
    device.accept(2)
    device.deliver()
    fresh = devices(tmp_path / "fresh.db", boot="d" * 32, minutes=device.minutes + 5)
    fresh.greet()
    assert heard_ms() == fresh.wall_ms


def test_a_terminal_with_a_new_log_is_heard_when_events_of_it_came_before_its_greeting(
    device, devices, tmp_path, terminal, centre
):
    device.accept(2)
    device.deliver()
    fresh = devices(tmp_path / "fresh.db", boot="d" * 32, minutes=device.minutes + 5)
    greeting = terminal.hello([], boot="d" * 32)  # its uplink was there before its engine
    ingest(terminal.hello_topic, greeting, fresh.wall_ms, centre=centre)
    assert heard_ms() == device.wall_ms
    fresh.send_all()
    fresh.greet()
    assert heard_ms() == fresh.wall_ms


def test_the_last_greeting_of_a_log_that_was_given_up_moves_nothing(device, devices, tmp_path, bring):
    device.accept(2)
    old = device.hello()
    bring(old, NOON_MS)
    fresh = devices(tmp_path / "fresh.db", boot="d" * 32, minutes=device.minutes + 5)
    fresh.greet()
    bring(old)
    assert heard_ms() == fresh.wall_ms


def test_of_two_devices_either_may_go_on_once_the_alarm_was_settled(device, devices, tmp_path):
    device.accept(2)
    device.deliver()
    copy = devices(device.image(tmp_path / "copy.db"), boot="d" * 32, minutes=device.minutes + 1)
    copy.deliver()
    device.accept(2)
    device.deliver()
    assert heard_ms() == copy.wall_ms
    settle_alarm(LogAlarm.objects.get().pk, actor("chen"), "the copy was destroyed", NOON_MS)
    device.minutes += 1
    device.greet()
    assert heard_ms() == device.wall_ms


def test_what_is_remembered_of_boots_is_bounded(terminal, bring):
    for number in range(MOST_LEFT_BOOTS + 5):
        bring(terminal.hello(boot=f"{number:032x}"))
    assert len(TerminalStatus.objects.get().left_boots) == MOST_LEFT_BOOTS


def reboot(device):
    device.stop()
    device.boot = "d" * 32
    device.minutes += 1
    device.start()
