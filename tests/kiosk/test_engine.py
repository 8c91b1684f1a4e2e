import dataclasses
import queue
import threading

import msgspec
import pytest

from drivers.ntag424 import TagKeys
from drivers.reading import Instant, Presented
from drivers.simulated.ntag424 import SigningTag
from kiosk import engine as engine_module
from kiosk.decision import Policy
from kiosk.engine import RECENT, Engine
from kiosk.local_messages import Decided, Here, Outcome, Typed
from kiosk.log_keeper import stamp_now
from muster.clock import SharedClock
from sync import badge, events
from sync.badge import Badge
from sync.downlink import Codes
from sync.events import CheckIn, CheckOut, ClockState, Event, Refused
from sync.log import Log
from sync.log_reader import LogReader
from sync.one_time_code import LIFE_MS, OneTimeCode
from sync.remote_settings import TerminalDirection
from tests.kiosk.reachable import holds
from tests.kiosk.samples import (
    HOUR_MS,
    PSEUDONYM_KEY,
    ROSTER,
    TAG_KEYS,
    TAG_UID,
    HandClock,
    index_of,
    reading,
    tap_of,
    token,
)
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import BOOT, CLOCK, NINE_MS, STRANGER_KEY, TERMINAL
from tests.sync.small_disk import fill, small_disk


class RunningEngine:
    """An engine in a thread of its own with a real log; `present` answers what was announced.

    `logged_when_announced` holds, for each announcement, the kinds that the log's file held at that moment,
    `logged_when_lit` for each light how many events.
    """

    def __init__(self, folder, clock: HandClock | None = None, roster=ROSTER) -> None:
        self.clock = clock or HandClock()
        self.log_file = folder / "log.db"
        self.logged_when_announced: list[list[tuple[int, str]]] = []
        self.logged_when_lit: list[tuple[Outcome, int]] = []
        self.log = Log(self.log_file, TERMINAL, stamp_now(self.clock), "muster/test")
        self._announced: queue.SimpleQueue[Decided] = queue.SimpleQueue()
        self.engine = Engine(
            log=self.log,
            roster=index_of(roster),
            pseudonym_key=PSEUDONYM_KEY,
            policy=Policy(TerminalDirection.TOGGLE, 60),
            clock=self.clock,
            announce=self._announce,
            light=self._light_up,
            tag_keys=TAG_KEYS,
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.engine.run, args=(self._stop, lambda: None))

    def start(self) -> "RunningEngine":
        self._thread.start()
        return self

    def present(self, one) -> Decided:
        self.clock.now_ms = one.at.wall_ms
        assert self.engine.deliver(one)
        return self.next()

    def next(self) -> Decided:
        return self._announced.get(timeout=PATIENCE_S)

    def has_here(self, *here: Here) -> bool:
        """Whether these are here, once the engine has counted after its announcement."""
        return until(lambda: self.engine.here == here)

    def logged(self) -> list[Event]:
        """Every event of this engine's epoch, as it stands in the file."""
        reader = LogReader(self.log_file, TERMINAL)
        stretch = reader.stretch(self.log.epoch, 0, 10_000, 10_000_000)
        reader.close()
        return [events.decode(encoded) for encoded in stretch.events]

    def stop(self) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        self.log.close()

    def _light_up(self, outcome: Outcome) -> None:
        self.logged_when_lit.append((outcome, len(self.logged())))

    def _announce(self, decided: Decided) -> None:
        if self._stop.is_set():
            return
        places = [(event.seq, type(event).__name__) for event in self.logged()]
        self.logged_when_announced.append(places)
        self._announced.put(decided)


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(folder=tmp_path, **more) -> RunningEngine:
        started.append(RunningEngine(folder, **more).start())
        return started[-1]

    yield begin
    for one in started:
        one.stop()


def later(one, wall_ms):
    """The same reading at another moment."""
    return dataclasses.replace(one, at=Instant(wall_ms - NINE_MS + HOUR_MS, wall_ms))


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk") as folder:
        yield folder


def test_a_badge_lets_its_volunteer_in(start):
    engine = start()
    assert engine.present(reading(token(1))) == Decided(
        at_ms=NINE_MS,
        device="scanner",
        method="badge",
        outcome=Outcome.ACCEPTED_IN,
        name="李明",
        volunteer="1",
        activity="guides-east",
        since_ms=NINE_MS,
        language="zh-Hans",
        seq=2,
    )
    assert engine.has_here(Here("1", "李明", NINE_MS, "guides-east"))


def test_the_second_scan_lets_them_out_and_names_when_they_came(start):
    engine = start()
    engine.present(reading(token(1)))
    out = engine.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS))
    assert (out.outcome, out.since_ms, out.seq) == (Outcome.ACCEPTED_OUT, NINE_MS, 3)
    assert engine.has_here()


def test_since_when_somebody_is_here_is_told_by_the_clock_as_it_is_now(start, tmp_path):
    """Without waiting for anybody's next scan."""
    clock = SharedClock.create(tmp_path / "clock", NINE_MS - HOUR_MS)
    engine = start(clock=clock)
    at = Instant(clock.mono_ms(), clock.wall_ms())
    assert engine.engine.deliver(dataclasses.replace(reading(token(1)), at=at))
    assert engine.has_here(Here("1", "李明", NINE_MS - HOUR_MS, "guides-east"))
    clock.set_right(NINE_MS)
    assert engine.has_here(Here("1", "李明", NINE_MS, "guides-east"))


def test_nothing_is_announced_before_it_is_in_the_log(start):
    engine = start()
    engine.present(reading(token(1)))
    engine.present(reading(token(2)))
    engine.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS))
    assert engine.logged_when_announced == [
        [(1, "EpochStart"), (2, "CheckIn")],
        [(1, "EpochStart"), (2, "CheckIn"), (3, "Refused")],
        [(1, "EpochStart"), (2, "CheckIn"), (3, "Refused"), (4, "CheckOut")],
    ]


def test_the_light_comes_after_the_log_and_for_what_was_decided(start):
    engine = start()
    engine.present(reading(token(1)))
    engine.present(reading(token(2)))
    engine.engine.unreadable("camera")
    engine.next()
    assert engine.logged_when_lit == [(Outcome.ACCEPTED_IN, 2), (Outcome.REFUSED, 3), (Outcome.UNREADABLE, 3)]


def test_the_log_says_what_was_decided_and_when(start):
    engine = start()
    engine.present(reading(token(1)))
    engine.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS))
    came, left = engine.logged()[1:]
    assert isinstance(came, CheckIn)
    assert isinstance(left, CheckOut)
    assert (came.wall_ms, left.wall_ms) == (NINE_MS, NINE_MS + HOUR_MS)
    assert (came.mono_ms, left.mono_ms) == (HOUR_MS, 2 * HOUR_MS)
    assert came.boot == engine.clock.boot_id
    assert came.credential.ref == left.credential.ref == "badge:1.1"


@pytest.mark.parametrize(
    ("one", "reason", "ref"),
    [
        (reading(token(2)), "revoked_credential", "badge:2.1"),
        (reading(token(3)), "suspended_credential", "badge:3.1"),
        (reading(token(4)), "not_on_roster", "badge:4.1"),
        (reading("MB1:HELLO"), "unreadable", None),
        (reading("999999", Presented.KEYPAD), "wrong_code", "keyed:"),
        (reading("DEADBEEF", Presented.CARD_UID), "unknown_credential", "keyed:"),
        (reading("08ADBEEF", Presented.CARD_UID), "random_uid", None),
        (tap_of(SigningTag(TAG_UID, TagKeys(bytes(16), bytes(16)))), "forged_tag", None),
    ],
)
def test_a_refusal_is_kept_with_its_reason(start, one, reason, ref):
    engine = start()
    decided = engine.present(one)
    refused = engine.logged()[-1]
    assert (decided.outcome, decided.reason, decided.seq) == (Outcome.REFUSED, reason, 2)
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    assert refused.credential is None if ref is None else refused.credential.ref.startswith(ref)


def test_a_repeated_scan_is_kept_as_a_refusal_and_moves_nobody(start):
    engine = start()
    engine.present(reading(token(1)))
    again = engine.present(reading(token(1), wall_ms=NINE_MS + 59_999))
    assert (again.outcome, again.since_ms) == (Outcome.ALREADY_IN, NINE_MS)
    assert engine.logged()[-1].reason == "debounce"
    out = engine.present(reading(token(1), wall_ms=NINE_MS + 60_000))
    assert out.outcome is Outcome.ACCEPTED_OUT


def test_nobody_who_is_not_on_the_roster_is_named(start):
    stranger = start().present(reading(token(4)))
    assert (stranger.name, stranger.volunteer) == ("", "")


def test_a_one_use_code_opens_once(start):
    engine = start()
    engine.engine.typed(Typed("482 913"))
    first = engine.next()
    assert (first.outcome, first.device, first.method) == (Outcome.ACCEPTED_IN, "screen", "sms_code")
    engine.clock.now_ms += 10 * 60_000
    engine.engine.typed(Typed("482913"))
    assert engine.next().reason == "code_used"


def guess(engine, count, wall_ms=NINE_MS) -> list[Decided]:
    return [engine.present(reading(f"{n:06}", Presented.KEYPAD, wall_ms)) for n in range(count)]


def test_a_wrong_code_says_how_many_tries_are_left_and_the_fifth_how_long_to_wait(start):
    wrong = guess(start(), 5)
    assert {one.reason for one in wrong} == {"wrong_code"}
    assert [one.tries_left for one in wrong] == [4, 3, 2, 1, 0]
    assert [one.wait_s for one in wrong] == [None, None, None, None, 30]


def test_during_a_pause_not_even_the_right_code_is_looked_at(start):
    engine = start()
    guess(engine, 5)
    refused = engine.present(reading("482913", Presented.KEYPAD, NINE_MS + 29_001))
    assert (refused.reason, refused.wait_s, refused.seq) == ("too_many_tries", 1, 7)
    assert engine.logged()[-1].credential is None
    accepted = engine.present(reading("482913", Presented.KEYPAD, NINE_MS + 30_000))
    assert (accepted.outcome, accepted.tries_left) == (Outcome.ACCEPTED_IN, None)


def test_cards_and_badges_are_read_during_a_pause(start):
    engine = start()
    guess(engine, 5)
    assert engine.present(reading(token(1))).outcome is Outcome.ACCEPTED_IN


def test_a_restart_lifts_no_pause(start):
    first = start()
    guess(first, 5)
    first.stop()
    second = start(clock=HandClock(NINE_MS + 10_000))
    refused = second.present(reading("482913", Presented.KEYPAD, NINE_MS + 10_000))
    assert (refused.reason, refused.wait_s) == ("too_many_tries", 20)


def test_setting_the_wall_clock_lifts_no_pause(start):
    engine = start()
    guess(engine, 5)
    years_later = reading("482913", Presented.KEYPAD, NINE_MS + 10_000 * HOUR_MS)
    years_later = dataclasses.replace(years_later, at=Instant(HOUR_MS + 10_000, years_later.at.wall_ms))
    assert engine.present(years_later).reason == "too_many_tries"


def test_a_machine_that_restarts_years_later_by_its_clock_lifts_no_pause(start):
    first = start()
    guess(first, 5)
    first.stop()
    second = start(clock=HandClock(NINE_MS + 10_000 * HOUR_MS, boot_id="c" * 32))
    just_booted = reading("482913", Presented.KEYPAD)
    just_booted = dataclasses.replace(just_booted, at=Instant(5_000, NINE_MS + 10_000 * HOUR_MS))
    refused = second.present(just_booted)
    assert (refused.reason, refused.wait_s) == ("too_many_tries", 25)


def test_a_telephone_that_sends_wrong_digits_must_wait_and_others_need_not(start):
    engine = start()
    texts = [reading(f"{n:04}", Presented.SMS, sender="13800138000") for n in range(6)]
    assert [engine.present(one).reason for one in texts] == ["wrong_code"] * 5 + ["too_many_tries"]
    assert engine.present(reading("482913", Presented.KEYPAD)).outcome is Outcome.ACCEPTED_IN


def test_a_signed_tap_lets_its_card_in_and_the_log_keeps_its_counter(start):
    engine = start()
    tag = SigningTag(TAG_UID, TAG_KEYS, counter=61)
    came = engine.present(tap_of(tag))
    left = engine.present(tap_of(tag, NINE_MS + HOUR_MS))
    assert (came.outcome, came.name, came.method) == (Outcome.ACCEPTED_IN, "李明", "card")
    assert left.outcome is Outcome.ACCEPTED_OUT
    kept = [event.credential for event in engine.logged()[1:]]
    assert [(one.counter, one.assurance) for one in kept] == [(62, "high"), (63, "high")]


def test_a_tap_that_is_played_again_opens_nothing_and_names_nobody(start):
    engine = start()
    tag = SigningTag(TAG_UID, TAG_KEYS)
    heard = tap_of(tag)
    engine.present(tap_of(tag))
    again = engine.present(later(heard, NINE_MS + HOUR_MS))
    assert (again.outcome, again.reason, again.name) == (Outcome.REFUSED, "replayed_tap", "")
    assert engine.logged()[-1].credential.counter == 1
    assert engine.present(tap_of(tag, NINE_MS + HOUR_MS)).outcome is Outcome.ACCEPTED_OUT


def test_a_tap_whose_counter_cant_be_looked_up_is_not_recorded_and_the_next_person_is(start):
    engine = start()
    engine.log._connection.execute("ALTER TABLE tap RENAME TO torn")
    decided = engine.present(tap_of(SigningTag(TAG_UID, TAG_KEYS)))
    assert (decided.outcome, decided.name, decided.seq) == (Outcome.NOT_RECORDED, "", 0)
    assert engine.logged_when_lit[-1][0] is Outcome.NOT_RECORDED
    assert engine.present(reading(token(1))).outcome is Outcome.ACCEPTED_IN


def test_the_log_says_how_far_the_clock_is_trusted_now(start, tmp_path):
    clock = SharedClock.create(tmp_path / "clock", NINE_MS)
    engine = start(clock=clock)

    def trust_of(volunteer):
        at = Instant(clock.mono_ms(), clock.wall_ms())
        assert engine.engine.deliver(dataclasses.replace(reading(token(volunteer)), at=at))
        return engine.logged()[-1].clock.state

    assert trust_of(1) is ClockState.SYNCED
    clock.set_wrong(NINE_MS + 5_000)
    assert trust_of(2) is ClockState.RTC
    clock.set_right(NINE_MS + 5_000)  # it shows the same: only looking again tells
    assert until(lambda: trust_of(1) is ClockState.SYNCED)


def test_a_tap_that_was_refused_is_used_up_too(start):
    engine = start(roster=msgspec.structs.replace(ROSTER, activities=[]))
    tap = tap_of(SigningTag(TAG_UID, TAG_KEYS))
    assert engine.present(tap).reason == "activity_not_executing"
    assert engine.present(tap).reason == "replayed_tap"


def test_a_tap_stays_used_after_a_restart(start):
    first = start()
    tap = tap_of(SigningTag(TAG_UID, TAG_KEYS))
    first.present(tap)
    first.stop()
    second = start(clock=HandClock(NINE_MS + 400 * HOUR_MS))
    assert second.present(later(tap, NINE_MS + 400 * HOUR_MS)).reason == "replayed_tap"


def test_a_tap_that_was_not_recorded_may_be_tried_again(start, disk):
    engine = start(folder=disk)
    tag = SigningTag(TAG_UID, TAG_KEYS)
    filler = fill(disk, leave_bytes=0)
    taps = [tap_of(tag) for _ in range(40)]
    outcomes = [engine.present(tap).outcome for tap in taps]
    assert outcomes[-1] is Outcome.NOT_RECORDED
    filler.unlink()
    again = engine.present(later(taps[-1], NINE_MS + HOUR_MS))
    assert again.outcome in {Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT}


def test_what_a_device_could_not_read_is_announced_and_not_logged(start):
    engine = start()
    engine.engine.unreadable("scanner")
    decided = engine.next()
    assert (decided.outcome, decided.device, decided.seq) == (Outcome.UNREADABLE, "scanner", 0)
    assert len(engine.logged()) == 1


def test_no_secret_reaches_the_log(start):
    engine = start()
    secrets = ["11010519491231002X", "482913", "LIB-00412"]
    for one, presented in zip(secrets, (Presented.ID_NUMBER, Presented.KEYPAD, Presented.CODE), strict=True):
        engine.present(reading(one, presented))
    engine.present(reading("hello", Presented.SMS, sender="13800138000"))
    engine.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS))
    content = b"".join(path.read_bytes() for path in engine.log_file.parent.glob("log.db*"))
    for secret in [*secrets, "13800138000", token(1), "李明"]:
        assert secret.encode() not in content


def test_a_full_disk_is_told_and_the_next_reading_works_when_it_has_space(start, disk):
    engine = start(folder=disk)
    engine.present(reading(token(1)))
    filler = fill(disk, leave_bytes=0)
    outcomes = [engine.present(reading(f"LIB-{number}")).outcome for number in range(40)]
    assert outcomes[-1] is Outcome.NOT_RECORDED
    refused = engine.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS))
    assert (refused.outcome, refused.reason, refused.seq) == (
        Outcome.NOT_RECORDED,
        "not_recorded",
        0,
    )
    assert engine.has_here(Here("1", "李明", NINE_MS, "guides-east"))
    filler.unlink()
    recorded = engine.present(reading(token(1), wall_ms=NINE_MS + 2 * HOUR_MS))
    assert (recorded.outcome, recorded.since_ms) == (Outcome.ACCEPTED_OUT, NINE_MS)
    assert [event.seq for event in engine.logged()] == list(range(1, recorded.seq + 1))


def test_who_was_here_is_here_after_a_restart(start):
    first = start()
    first.present(reading(token(1)))
    first.stop()
    second = start(clock=HandClock(NINE_MS + HOUR_MS))
    assert second.engine.here == (Here("1", "李明", NINE_MS, "guides-east"),)
    out = second.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS))
    assert (out.outcome, out.since_ms) == (Outcome.ACCEPTED_OUT, NINE_MS)


def test_who_stays_beyond_the_longest_session_is_no_longer_counted(start):
    engine = start()
    engine.present(reading(token(1)))
    assert engine.has_here(Here("1", "李明", NINE_MS, "guides-east"))
    engine.clock.now_ms += 12 * HOUR_MS + 60_000
    assert engine.has_here()


def test_who_came_with_a_card_is_here_after_a_restart(start):
    first = start()
    first.present(reading("0A00ABCDEF", Presented.TAG))
    first.stop()
    assert [here.volunteer for here in start(clock=HandClock(NINE_MS + HOUR_MS)).engine.here] == ["1"]


def test_a_boot_with_a_wrong_clock_hides_nobody(start):
    first = start()
    first.present(reading(token(1)))
    first.stop()
    start(clock=HandClock(0, "d4" * 16)).stop()
    third = start(clock=HandClock(NINE_MS + HOUR_MS, "e5" * 16))
    assert [here.volunteer for here in third.engine.here] == ["1"]


def test_a_used_code_stays_used_after_a_restart_days_later(start):
    first = start()
    first.engine.typed(Typed("482913"))
    first.next()
    first.stop()
    lasting = [msgspec.structs.replace(one, expires_ms=None) for one in ROSTER.credentials]
    roster = msgspec.structs.replace(ROSTER, credentials=lasting)
    second = start(clock=HandClock(NINE_MS + 40 * HOUR_MS), roster=roster)
    second.engine.typed(Typed("482913"))
    assert second.next().reason == "code_used"


def test_a_used_one_day_card_stays_used_after_a_restart_days_later(start):
    cards = [msgspec.structs.replace(one, one_use=True) for one in ROSTER.credentials]
    roster = msgspec.structs.replace(ROSTER, credentials=cards)
    first = start(roster=roster)
    first.present(reading("0A00ABCDEF", Presented.TAG))
    first.stop()
    later_ms = NINE_MS + 40 * HOUR_MS
    second = start(clock=HandClock(later_ms), roster=roster)
    assert second.present(reading("0A00ABCDEF", Presented.TAG, later_ms)).reason == "code_used"


class Teleported(Event, frozen=True, kw_only=True, tag="teleported"):
    """A kind that a newer Muster may write one day."""


def test_an_event_that_a_newer_version_wrote_is_passed_over(start):
    first = start()
    first.present(reading(token(1)))
    first.log.append(Teleported(terminal=TERMINAL, boot=BOOT, mono_ms=0, wall_ms=NINE_MS, clock=CLOCK))
    first.stop()
    second = start(clock=HandClock(NINE_MS + HOUR_MS))
    assert [here.volunteer for here in second.engine.here] == ["1"]


def test_a_reading_that_waits_too_long_for_the_one_before_is_given_back(start, monkeypatch):
    monkeypatch.setattr(engine_module, "_TURN_WITHIN_S", 0.05)
    engine = start()
    hangs, hung = threading.Event(), threading.Event()

    def hang(event):
        hung.set()
        assert hangs.wait(PATIENCE_S)
        return Log.append(engine.log, event)

    monkeypatch.setattr(engine.log, "append", hang)
    first = threading.Thread(target=engine.engine.deliver, args=(reading(token(1)),))
    first.start()
    assert hung.wait(PATIENCE_S)
    assert not engine.engine.deliver(reading(token(4)))
    hangs.set()
    first.join()
    assert [event.seq for event in engine.logged()] == [1, 2]
    assert engine.next().outcome is Outcome.ACCEPTED_IN


def test_readings_of_many_devices_are_decided_one_at_a_time(start):
    engine = start()

    def scan(device):
        for number in range(10):
            assert engine.engine.deliver(reading(f"LIB-{number}", device=device))

    devices = [threading.Thread(target=scan, args=(f"scanner {number}",)) for number in range(4)]
    for device in devices:
        device.start()
    for device in devices:
        device.join()
    assert [engine.next().seq for _ in range(40)] == list(range(2, 42))


def test_readings_are_decided_in_the_order_in_which_they_came(start):
    engine = start()
    for number in range(30):
        assert engine.engine.deliver(reading(f"LIB-{number}", device=f"scanner {number}"))
    assert [engine.next().device for _ in range(30)] == [f"scanner {number}" for number in range(30)]


def test_only_the_newest_readings_are_remembered(start):
    engine = start()
    for number in range(RECENT + 5):
        engine.present(reading(f"LIB-{number}", device=str(number)))
    assert [decided.device for decided in engine.engine.recent] == [str(n) for n in range(5, RECENT + 5)]


def test_a_forged_badge_says_nothing_about_its_volunteer(start):
    decided = start().present(reading(badge.issue(Badge(1), STRANGER_KEY)))
    assert (decided.reason, decided.name, decided.volunteer) == ("forged_badge", "", "")


def test_who_refuses_everybody_holds_no_key_no_code_and_knows_nobody(start):
    engine = start()
    engine.present(reading(token(1)))
    secrets = (PSEUDONYM_KEY, TAG_KEYS.meta, TAG_KEYS.file, "code:2.")
    code = OneTimeCode("code:2." + "0" * 16, "1" * 32, "2", NINE_MS + LIFE_MS)
    assert engine.engine.do(lambda: engine.engine.learn(Codes(NINE_MS, [code])))
    assert [holds(engine.engine, secret) for secret in secrets] == [True] * 4
    assert engine.engine.do(lambda: engine.engine.refuse_all("terminal_revoked"))
    assert [holds(engine.engine, secret) for secret in secrets] == [False] * 4
    assert (engine.engine.recent, engine.engine.here, engine.engine.living_codes()) == ((), (), 0)
    refused = engine.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS))
    assert (refused.outcome, refused.reason, refused.name) == (Outcome.REFUSED, "terminal_revoked", "")
