import dataclasses
import threading

import msgspec
import pytest

from drivers.contactless.ntag424 import TagKeys
from drivers.reading import Instant, Presented
from drivers.simulated.ntag424 import SigningTag
from foundation.clock import SharedClock
from kiosk.checkin import engine as engine_module
from kiosk.checkin.engine import RECENT
from kiosk.credentials.short_code import short_code
from kiosk.local_api.messages import Decided, Here, Outcome
from kiosk.local_api.receipts import Receipt, ReceiptStep
from sync.contract import badge
from sync.contract.badge import Badge
from sync.contract.downlink import Codes
from sync.contract.events import CheckIn, CheckOut, ClockState, Refused
from sync.contract.one_time_code import LIFE_MS, OneTimeCode
from sync.contract.receipt import receipt_of
from sync.contract.roster import RosterCredit, RosterPerson, RosterShift
from sync.log.writer import Log
from tests.kiosk.reachable import holds
from tests.kiosk.samples import (
    GUIDES,
    HOUR_MS,
    PSEUDONYM_KEY,
    ROSTER,
    TAG_KEYS,
    TAG_UID,
    reading,
    tap_of,
    token,
)
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import NINE_MS, STRANGER_KEY, TERMINAL
from tests.sync.small_disk import fill


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


@pytest.mark.parametrize(
    ("said", "sender", "outcome"),
    [
        ("Your balance is 12.50, reply STOP", None, Outcome.REFUSED),
        ("hello", "+8613900139000", Outcome.REFUSED),
        ("in 12345", "+8613800138000", Outcome.REFUSED),
        ("hello", "+8613800138000", Outcome.CODE_SENT),
    ],
    ids=["a carrier's", "a stranger's", "other digits", "asks for a code"],
)
def test_a_text_from_afar_lights_nothing_and_names_nobody_and_is_kept(start, said, sender, outcome):
    engine = start()
    engine.clock.now_ms = NINE_MS
    text = engine.engine.take_text(reading(said, Presented.SMS, sender=sender))
    decided = engine.next()
    assert (decided.outcome, decided.from_afar, decided.name, decided.volunteer) == (outcome, True, "", "")
    assert engine.logged_when_lit == []
    assert len(engine.logged()) == 2
    assert text.stranger == (sender != "+8613800138000")


def test_a_text_with_the_digits_on_the_screen_is_as_good_as_a_scan(start):
    engine = start()
    code = short_code(PSEUDONYM_KEY, TERMINAL, NINE_MS)
    decided = engine.present(reading(code, Presented.SMS, sender="+8613800138000"))
    assert (decided.outcome, decided.from_afar, decided.name) == (Outcome.ACCEPTED_IN, False, "李明")
    assert engine.logged_when_lit == [(Outcome.ACCEPTED_IN, 2)]


def test_a_scanner_that_changes_letters_lets_people_in_and_staff_are_told_until_it_reads_right(start):
    engine = start()
    assert engine.present(reading(token(1).lower())).outcome is Outcome.ACCEPTED_IN
    (device,) = engine.engine.misread
    assert engine.engine.misread[device].code == "scanner_changes_case"
    engine.present(reading("LIB-99999"))
    assert device in engine.engine.misread  # what nobody knows proves nothing
    engine.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS))
    assert engine.engine.misread == {}


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
        (reading("0816", "a kind of its own"), "unknown_credential", None),
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


def test_who_leaves_gets_the_time_of_today_and_a_code_that_the_log_proves(start):
    credit = RosterCredit(zone="Asia/Shanghai", breaks=[RosterShift(NINE_MS, NINE_MS + HOUR_MS // 2)])
    activity = msgspec.structs.replace(GUIDES, credit=credit)
    people = [RosterPerson("1", "李明", approved_s=360_000, stars=3)]
    engine = start(roster=msgspec.structs.replace(ROSTER, activities=[activity], people=people))
    assert engine.present(reading(token(1))).receipt is None
    receipt = engine.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS)).receipt
    left = engine.logged()[-1]
    digest = engine.log.hash_at(left.epoch, left.seq)
    proof = receipt_of(PSEUDONYM_KEY, TERMINAL, left.epoch, left.seq, digest, left.wall_ms)
    assert receipt == Receipt(proof.code, 1800, [ReceiptStep("break", 1800)], approved_s=360_000, stars=3)
