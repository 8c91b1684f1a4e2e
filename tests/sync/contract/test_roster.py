import json
import zlib

import msgspec
import pytest

from foundation.attendance import AttendancePolicy
from foundation.errors import SettingsError
from sync.contract.handover import CentreKeys
from sync.contract.roster import (
    Phase,
    PhaseChange,
    Roster,
    RosterActivity,
    RosterCredential,
    RosterHeader,
    RosterPerson,
    open_roster,
    seal_roster,
)
from sync.contract.wire import MessageKind, Realm, seal
from tests.sync.samples import CENTRE_KEY, NINE_MS, STRANGER_KEY, TERMINAL, TERMINAL_KEY, message, vector

ROSTER = Roster(
    version=4,
    terminal=TERMINAL,
    realm=Realm.LIVE,
    site="东门",
    zone="Asia/Shanghai",
    language="zh-Hans",
    issuers=["00" * 32],
    activities=[RosterActivity("guides-east", "Guides", [PhaseChange(Phase.EXECUTING, NINE_MS)])],
    people=[RosterPerson("590000", "李明"), RosterPerson("590001", "سارة", "ar", suspended=True)],
    credentials=[RosterCredential("keyed:" + "7a" * 16, "590000", "tag", "low", NINE_MS, one_use=True)],
    revoked=["badge:590000.1"],
)
HEADER = RosterHeader(4, TERMINAL)


def open_sealed(sealed: bytes, terminal: str = TERMINAL) -> Roster:
    return open_roster(sealed, CentreKeys((CENTRE_KEY.public,)), terminal, Realm.LIVE)


def test_a_roster_comes_back_whole():
    assert open_sealed(seal_roster(ROSTER, CENTRE_KEY)) == ROSTER


def test_the_golden_roster_carries_the_numbers_of_the_rules_and_every_shift():
    golden = open_sealed(message("roster"))
    assert golden.policy == AttendancePolicy(
        debounce_s=90, max_session_s=36_000, close_after_s=3_600, max_shift_s=86_400, clock_drift_ppm=30
    )
    (activity,) = golden.activities
    assert [(one.end_ms - one.start_ms) / 3_600_000 for one in activity.shifts] == [12.5, 12.5]
    assert msgspec.json.encode(golden).decode() == vector("wire/roster")["body"]


def test_the_golden_roster_of_an_older_centre_is_the_same_but_for_what_that_could_not_tell():
    newer, older = open_sealed(message("roster")), open_sealed(message("roster_0_1"))
    assert (older.policy, older.activities[0].shifts) == (None, [])
    activity = msgspec.structs.replace(newer.activities[0], shifts=[], credit=None)
    people = [msgspec.structs.replace(one, approved_s=None, stars=0) for one in newer.people]
    assert older == msgspec.structs.replace(newer, policy=None, activities=[activity], people=people)


def test_a_terminal_takes_the_numbers_of_a_newer_centre_that_it_knows():
    said = json.loads(vector("wire/roster")["body"])
    said["policy"] |= {"a_number_to_come": 7}
    del said["policy"]["debounce_s"]
    sealed = seal(MessageKind.ROSTER, HEADER, zlib.compress(json.dumps(said).encode()), CENTRE_KEY)
    assert open_sealed(sealed).policy == AttendancePolicy(
        debounce_s=60, max_session_s=36_000, close_after_s=3_600, max_shift_s=86_400, clock_drift_ppm=30
    )


def test_a_roster_may_be_larger_than_a_message():
    people = [RosterPerson(str(number), f"Volunteer {number * 7919}") for number in range(1, 20_001)]
    many = msgspec.structs.replace(ROSTER, people=people)
    assert open_sealed(seal_roster(many, CENTRE_KEY)) == many


@pytest.mark.parametrize(
    "sealed",
    [
        b"",
        b"\xff",
        b'{"v":"\xff"}',
        seal_roster(ROSTER, STRANGER_KEY),
        seal_roster(ROSTER, CENTRE_KEY)[:-2],
        seal_roster(ROSTER, CENTRE_KEY).replace(b"gate-1", b"gate-2"),
        message("ack"),
        seal(MessageKind.ROSTER, RosterHeader(4, TERMINAL), b"no deflate", CENTRE_KEY),
        seal(MessageKind.ROSTER, RosterHeader(4, TERMINAL), zlib.compress(b"{}"), CENTRE_KEY),
        seal(MessageKind.ROSTER, RosterHeader(4, TERMINAL), zlib.compress(b'{"x":"' + b"\xff"), CENTRE_KEY),
        seal(
            MessageKind.ROSTER, RosterHeader(4, TERMINAL), zlib.compress(b'{"x":' + b"[" * 9999), CENTRE_KEY
        ),
        seal(MessageKind.BATCH, RosterHeader(4, TERMINAL), zlib.compress(b"{}"), CENTRE_KEY),
    ],
)
def test_what_the_centre_did_not_sign_as_a_roster_is_not_believed(sealed):
    with pytest.raises(SettingsError, match=r"can't be trusted.*Fetch it from the centre again"):
        open_sealed(sealed)


def test_a_roster_that_was_cut_short_is_not_believed():
    whole = zlib.compress(msgspec.json.encode(ROSTER))
    sealed = seal(MessageKind.ROSTER, HEADER, whole[:-20], CENTRE_KEY)
    with pytest.raises(SettingsError, match="can't be trusted"):
        open_sealed(sealed)


def test_the_roster_of_another_terminal_is_refused():
    with pytest.raises(SettingsError, match="meant for terminal gate-1, this is gate-2"):
        open_sealed(seal_roster(ROSTER, CENTRE_KEY), "gate-2")


def test_a_roster_of_the_demo_never_comes_to_a_live_terminal():
    demo = seal_roster(msgspec.structs.replace(ROSTER, realm=Realm.DEMO), CENTRE_KEY)
    with pytest.raises(SettingsError, match=r"for the demo realm, this terminal is live. Demo data"):
        open_sealed(demo)


def test_header_and_content_must_name_the_same_terminal():
    body = zlib.compress(msgspec.json.encode(ROSTER))
    with pytest.raises(SettingsError, match="meant for terminal"):
        open_sealed(seal(MessageKind.ROSTER, RosterHeader(4, "gate-2"), body, CENTRE_KEY))


def test_a_terminal_can_not_write_its_own_roster():
    with pytest.raises(SettingsError, match="can't be trusted"):
        open_sealed(seal_roster(ROSTER, TERMINAL_KEY))
