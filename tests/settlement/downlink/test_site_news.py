import pytest

from foundation.attendance import AttendancePolicy
from settlement.accounts.audit import Signed
from settlement.downlink.site_news import SitePresenceFeed
from settlement.models import Volunteer
from settlement.settling.merging import merge_numbers
from sync.contract import downlink, wire
from sync.contract.downlink import Command, Heard, SeenElsewhere, SitePresenceUpdate
from sync.contract.events import ClockState, ClockTrust, Correction
from tests.settlement.actors import actor
from tests.settlement.paper_terminal import NOON_MS, PaperTerminal, presented

HOUR_MS = 3_600_000
UNSET = ClockTrust(ClockState.UNSET)


class TwoGates:
    """Two terminals of one site, their logs at the centre, and what each is told."""

    def __init__(self, centre, north, south):
        self._centre = centre
        self.north, self.south = north, south
        self._delivered = {north.name: 0, south.name: 0}
        self.start()

    def start(self):
        """The listener starts, or starts again."""
        self.news = SitePresenceFeed(self._centre, lambda _: AttendancePolicy(max_session_s=12 * 3600))
        self._now_s = 0

    def greet(self, gate, at_ms=NOON_MS, **changes):
        from settlement.ingest.ingest import ingest

        ingest(gate.hello_topic, gate.hello(**changes), at_ms, centre=self._centre)
        self.news.greeted(gate.name)

    def deliver(self, gate, at_ms=NOON_MS):
        from settlement.ingest.ingest import ingest

        first = self._delivered[gate.name] + 1
        assert ingest(gate.batch_topic, gate.batch(first), at_ms, centre=self._centre).rejected is None
        self._delivered[gate.name] = len(gate.events)
        self.news.delivered(gate.name)

    def told(self, gate, now_ms=NOON_MS):
        """The steps to one terminal, as it opens them, a minute after the last ones."""
        self._now_s += 60
        steps = []
        for one in list(self.news.due(now_ms, self._now_s)):
            if one.topic == wire.topic("down", gate.name, "command"):
                command, _ = downlink.open_told(
                    one.payload,
                    Command,
                    centre=self._centre.key.public,
                    terminal=gate.name,
                    realm=wire.Realm.LIVE,
                )
                assert isinstance(command.order, SitePresenceUpdate)
                steps.append(command.order)
        return steps


@pytest.fixture
def gates(terminal, site, centre, mei, fair):
    south = PaperTerminal("south-gate")
    south.enrol(site)
    south.start()
    return TwoGates(centre, terminal, south)


def in_since(ms, at_ms=None):
    return SeenElsewhere("1001", "fair", at_ms or ms, ms)


def test_who_came_at_one_gate_is_told_to_the_other(gates):
    gates.greet(gates.south)
    gates.told(gates.south)
    gates.north.check_in(wall_ms=NOON_MS - HOUR_MS)
    gates.deliver(gates.north)
    (step,) = gates.told(gates.south)
    assert step.seen == [in_since(NOON_MS - HOUR_MS)]


def test_it_says_how_far_the_terminals_own_log_was_read(gates):
    gates.south.check_in("badge:1001.1", wall_ms=NOON_MS - HOUR_MS)
    gates.deliver(gates.south)
    gates.greet(gates.south)
    (step,) = gates.told(gates.south)
    assert (step.seen, step.heard) == ([], [Heard(gates.south.epoch, 2)])


def test_who_then_comes_here_is_no_longer_elsewhere(gates):
    gates.north.check_in(wall_ms=NOON_MS - HOUR_MS)
    gates.deliver(gates.north)
    gates.greet(gates.south)
    gates.told(gates.south)
    gates.south.check_out(wall_ms=NOON_MS)
    gates.deliver(gates.south)
    (step,) = gates.told(gates.south)
    assert (step.gone, step.heard) == (["1001"], [Heard(gates.south.epoch, 2)])


def test_a_correction_is_told_as_well(gates):
    gates.greet(gates.south)
    gates.told(gates.south)
    gates.north.check_in(wall_ms=NOON_MS - HOUR_MS)
    gates.deliver(gates.north)
    gates.told(gates.south)
    gates.north.log(
        Correction,
        NOON_MS - HOUR_MS + 60_000,
        credential=presented("badge:1001.1"),
        cancelled_epoch=gates.north.epoch,
        cancelled_seq=2,
        activity="fair",
        reason="by mistake",
    )
    gates.deliver(gates.north)
    (step,) = gates.told(gates.south)
    assert step.gone == ["1001"]


def test_a_listener_that_starts_anew_reads_the_last_hours_again(gates, monkeypatch):
    monkeypatch.setattr("settlement.downlink.site_news._PAGE", 1)
    gates.north.check_in(wall_ms=NOON_MS - 23 * HOUR_MS)
    gates.deliver(gates.north, NOON_MS - 23 * HOUR_MS)
    gates.start()
    gates.greet(gates.south)
    assert gates.told(gates.south)[0].seen == []
    gates.north.check_in(wall_ms=NOON_MS - HOUR_MS)
    gates.deliver(gates.north)
    gates.start()
    gates.greet(gates.south)
    assert gates.told(gates.south)[0].seen == [in_since(NOON_MS - HOUR_MS)]


def test_after_twelve_hours_nobody_is_said_to_be_in(gates):
    gates.north.check_in(wall_ms=NOON_MS)
    gates.deliver(gates.north)
    gates.greet(gates.south)
    assert gates.told(gates.south)[0].seen
    assert gates.told(gates.south, NOON_MS + 12 * HOUR_MS)[0].gone == []
    assert gates.told(gates.south, NOON_MS + 12 * HOUR_MS + 1)[0].gone == ["1001"]


@pytest.fixture
def all_day(fair):
    """The fair's shift from noon to noon."""
    fair.shifts.update(start_ms=NOON_MS, end_ms=NOON_MS + 24 * HOUR_MS)


def test_who_came_for_a_whole_day_is_in_until_two_hours_after_it(gates, all_day):
    gates.north.check_in(wall_ms=NOON_MS)
    gates.deliver(gates.north)
    gates.greet(gates.south)
    assert gates.told(gates.south)[0].seen
    assert gates.told(gates.south, NOON_MS + 26 * HOUR_MS)[0].gone == []
    assert gates.told(gates.south, NOON_MS + 26 * HOUR_MS + 1)[0].gone == ["1001"]


def test_a_listener_that_starts_anew_reads_back_to_who_came_for_a_whole_day(gates, all_day, monkeypatch):
    monkeypatch.setattr("settlement.downlink.site_news._PAGE", 1)
    gates.north.check_in(wall_ms=NOON_MS)
    gates.deliver(gates.north)
    gates.north.check_in("badge:1002.1", wall_ms=NOON_MS + 20 * HOUR_MS)
    gates.deliver(gates.north, NOON_MS + 20 * HOUR_MS)
    gates.start()
    gates.greet(gates.south)
    assert gates.told(gates.south, NOON_MS + 23 * HOUR_MS)[0].seen == [in_since(NOON_MS)]


def test_a_shift_that_is_corrected_counts_within_a_minute(gates, fair):
    gates.north.check_in(wall_ms=NOON_MS)
    gates.deliver(gates.north)
    gates.greet(gates.south)
    assert gates.told(gates.south)[0].seen
    fair.shifts.update(end_ms=NOON_MS + 20 * HOUR_MS)
    assert gates.told(gates.south, NOON_MS + 13 * HOUR_MS)[0].gone == []


def test_a_doubtful_clock_is_corrected_by_the_terminals_last_greeting(gates):
    gates.greet(gates.north, mono_ms=7 * HOUR_MS, wall_ms=NOON_MS + 6 * HOUR_MS)
    gates.greet(gates.south)
    gates.north.check_in(wall_ms=NOON_MS + 5 * HOUR_MS, clock=UNSET)  # an hour before, by the boot's clock
    gates.deliver(gates.north)
    (step,) = gates.told(gates.south)
    assert step.seen == [in_since(NOON_MS - HOUR_MS)]


def test_a_doubtful_clock_of_another_boot_says_nothing(gates):
    gates.greet(gates.north, boot="d" * 32)
    gates.greet(gates.south)
    gates.north.check_in(wall_ms=NOON_MS - HOUR_MS, clock=UNSET)
    gates.deliver(gates.north)
    assert gates.told(gates.south)[0].seen == []


def test_who_did_not_greet_is_told_nothing(gates):
    gates.north.check_in()
    gates.deliver(gates.north)
    assert gates.told(gates.south) == []


def test_a_new_connection_begins_anew(gates):
    gates.north.check_in()
    gates.deliver(gates.north)
    gates.greet(gates.south)
    gates.told(gates.south)
    gates.news.restart()
    assert gates.told(gates.south) == []
    gates.greet(gates.south)
    (step,) = gates.told(gates.south)
    assert (step.follows, step.seen) == (0, [in_since(NOON_MS)])


def test_a_terminal_that_is_alone_at_its_site_is_told_nothing(gates):
    from settlement.downlink.editions import revoke

    revoke("north-gate", Signed(None, NOON_MS))
    gates.greet(gates.south)
    assert gates.told(gates.south) == []


def test_a_revoked_terminal_is_told_nothing_more(gates):
    from settlement.downlink.editions import revoke

    gates.greet(gates.south)
    assert gates.told(gates.south)
    revoke("south-gate", Signed(None, NOON_MS))
    assert gates.told(gates.south) == []


def test_nothing_is_forgotten_while_the_database_is_away(gates, monkeypatch):
    from django.db import OperationalError

    gates.greet(gates.south)

    def away(*_):
        raise OperationalError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(SitePresenceFeed, "_read", away)
        with pytest.raises(OperationalError):
            list(gates.news.due(NOON_MS, 0))
    assert gates.told(gates.south)


def test_whoever_came_by_a_number_that_is_gone_is_told_under_the_kept_one(gates, rules):
    Volunteer.objects.create(number=2001, display_name="Mei Li")
    merge_numbers(1001, 2001, actor("Zhao"), "same card", NOON_MS)
    gates.greet(gates.south)
    gates.told(gates.south)
    gates.north.check_in("badge:2001.1", wall_ms=NOON_MS - HOUR_MS)
    gates.deliver(gates.north)
    (step,) = gates.told(gates.south)
    assert step.seen == [in_since(NOON_MS - HOUR_MS)]
