import dataclasses

import msgspec
import pytest

from kiosk.checkin.foreign_codes import QUIET_MS, ForeignCodes
from kiosk.local_api.messages import Outcome
from sync.contract import badge
from sync.contract.badge import Badge
from sync.contract.events import Refused
from sync.contract.pseudonym import Subject
from sync.contract.signing import SigningKey
from tests.kiosk.samples import HOUR_MS, ROSTER, index_of, known, reading, token
from tests.sync.samples import NINE_MS

MINUTE_MS = 60_000
POSTER = "https://example.org/wifi"


def seen(text, after_ms=0, device="camera", **more):
    """What a camera shows."""
    one = reading(text, wall_ms=NINE_MS + after_ms, device=device)
    return dataclasses.replace(one, by_sight=True, **more)


@pytest.mark.parametrize("text", [POSTER, "bytes:C7A9B5BD", "WIFI:S:guests;;", "https://u.wechat.com/EF"])
def test_a_code_of_another_kind_is_refused_as_that_and_then_quiet_for_minutes(start, text):
    engine = start()
    refused = engine.present(seen(text))
    assert (refused.outcome, refused.reason) == (Outcome.REFUSED, "foreign_code")
    for after_ms in range(MINUTE_MS, 60 * MINUTE_MS, MINUTE_MS):
        assert engine.engine.deliver(seen(text, after_ms))
    engine.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS))
    assert sum(isinstance(event, Refused) for event in engine.logged()) == 1
    assert len(engine.logged_when_lit) == 2


def test_an_unknown_card_is_quiet_at_one_camera_and_told_at_another_and_at_a_scanner(start):
    engine = start()
    assert engine.present(seen("LIB-99999")).reason == "unknown_credential"
    assert engine.engine.deliver(seen("LIB-99999", MINUTE_MS))
    assert engine.present(seen("LIB-99999", MINUTE_MS, device="other camera")).device == "other camera"
    for after_ms in (2 * MINUTE_MS, 3 * MINUTE_MS):
        told = engine.present(reading("LIB-99999", wall_ms=NINE_MS + after_ms))
        assert (told.device, told.reason) == ("scanner", "unknown_credential")


def test_what_the_roster_has_learnt_is_served_at_once(start):
    engine = start()
    engine.present(seen("LIB-99999"))
    learnt = known(Subject.CODE, "LIB-99999", "other_code")
    roster = msgspec.structs.replace(ROSTER, credentials=[*ROSTER.credentials, learnt])
    assert engine.engine.do(lambda: engine.engine.adopt(index_of(roster)))
    assert engine.present(seen("LIB-99999", MINUTE_MS)).outcome is Outcome.ACCEPTED_IN


def test_a_badge_that_is_refused_is_told_every_time(start):
    engine = start()
    forged = badge.issue(Badge(1), SigningKey.from_seed(bytes(32)))
    for after_ms in (0, 5 * MINUTE_MS):
        assert engine.present(seen(forged, after_ms)).reason == "forged_badge"


@pytest.mark.parametrize("text", ["MB1:0", "MB1:HELLO WORLD", "MB1:" + "Z" * 113, "MB1:签到"])
def test_what_begins_as_a_badge_and_is_none_is_quiet_for_minutes_too(start, text):
    engine = start()
    assert engine.present(seen(text)).reason == "unreadable"
    for after_ms in range(MINUTE_MS, 30 * MINUTE_MS, MINUTE_MS):
        assert engine.engine.deliver(seen(text, after_ms))
    engine.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS))
    assert sum(isinstance(event, Refused) for event in engine.logged()) == 1


def test_one_code_of_several_is_told_as_that_and_once(start):
    engine = start()
    told = engine.present(seen("first part", is_part=True))
    assert (told.outcome, told.reason) == (Outcome.REFUSED, "code_in_parts")
    assert engine.engine.deliver(seen("first part", MINUTE_MS, is_part=True))
    assert engine.present(reading(token(1), wall_ms=NINE_MS + MINUTE_MS)).outcome is Outcome.ACCEPTED_IN


def test_it_is_told_again_when_it_was_gone_for_long():
    codes = ForeignCodes()
    assert codes.note(seen(POSTER), "foreign_code")
    assert codes.was_refused(seen(POSTER, QUIET_MS - 1))
    assert not codes.was_refused(seen(POSTER, QUIET_MS))
    assert not codes.was_refused(reading(POSTER, device="camera"))
    assert not codes.note(seen(POSTER), "")


def test_a_street_of_codes_is_forgotten():
    codes = ForeignCodes()
    for number in range(2_000):
        codes.note(seen(f"https://{number}.example"), "foreign_code")
    assert len(codes._seen_ms) <= 500
