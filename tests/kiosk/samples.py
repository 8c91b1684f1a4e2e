"""What the tests of the terminal share: a roster, people who present things, a clock that is set by hand."""

from dataclasses import dataclass

import argon2
import msgspec

from drivers.contactless.ntag424 import TagKeys, tap_message
from drivers.reading import Instant, Presented, Reading, Secret
from drivers.simulated.ntag424 import SigningTag
from kiosk.roster.index import RosterIndex
from sync.contract import badge
from sync.contract.badge import Badge
from sync.contract.pseudonym import Subject, keyed_reference
from sync.contract.roster import (
    Phase,
    PhaseChange,
    Roster,
    RosterActivity,
    RosterCredential,
    RosterPerson,
    RosterStaff,
)
from sync.contract.signing import SigningKey
from sync.contract.wire import Realm
from tests.sync.samples import BOOT, NINE_MS, TERMINAL

ISSUER = SigningKey.from_seed(bytes(range(64, 96)))
PSEUDONYM_KEY = bytes(range(128, 160))
TAG_KEYS = TagKeys(bytes(range(16)), bytes(range(16, 32)))
TAG_UID = "04DE5F1EACC040"
HOUR_MS = 3_600_000
LONGEST_STAY_MS = 12 * HOUR_MS
"""As long as a stay lasts that no shift lengthens, by the rules as they ship."""
GUIDES = RosterActivity(
    "guides-east",
    "Guides",
    [PhaseChange(Phase.EXECUTING, NINE_MS - HOUR_MS), PhaseChange(Phase.ENDED, NINE_MS + 48 * HOUR_MS)],
)


def reference(subject: Subject, text: str) -> str:
    """The keyed hash that the roster holds of a card, a number or a code."""
    return keyed_reference(PSEUDONYM_KEY, subject, text)


def known(subject: Subject, text: str, method: str, **more: object) -> RosterCredential:
    """Something that the roster knows to be Li Ming's."""
    fields = {"ref": reference(subject, text), "volunteer": "1", "method": method, "assurance": "low"}
    return msgspec.convert(fields | more, RosterCredential)


PINS = {"liaison-7": "730518", "leader-2": "402917", "1": "551904"}
"""Zhao's, Qian's, and that of Li Ming, who is a volunteer as well; their verifiers are cheap ones."""
_CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

ROSTER = Roster(
    version=4,
    terminal=TERMINAL,
    realm=Realm.LIVE,
    site="East Gate",
    zone="Asia/Shanghai",
    language="en",
    issuers=[ISSUER.public.raw.hex()],
    activities=[GUIDES],
    people=[
        RosterPerson("1", "李明", "zh-Hans"),
        RosterPerson("2", "سارة", "ar"),
        RosterPerson("3", "Sam", suspended=True),
    ],
    credentials=[
        known(Subject.CODE, "LIB-00412", "other_code"),
        known(Subject.ID_NUMBER, "11010519491231002X", "id_card", assurance="high"),
        known(Subject.CARD_UID, "04A2B3C4", "card"),
        known(Subject.CARD_UID, TAG_UID, "card"),
        known(Subject.TAG, "0A00ABCDEF", "tag"),
        known(Subject.PHONE, "+8613800138000", "sms_in"),
        known(Subject.SMS_CODE, "482913", "sms_code", expires_ms=NINE_MS + HOUR_MS, one_use=True),
    ],
    revoked=["badge:2.1", reference(Subject.CODE, "LOST-1")],
    staff=[
        RosterStaff(staff, name, _CHEAP.hash(PINS[staff]))
        for staff, name in (("liaison-7", "Zhao"), ("leader-2", "Qian"), ("1", "李明"))
    ],
)


def index_of(roster: Roster = ROSTER) -> RosterIndex:
    """The roster as the engine asks it."""
    return RosterIndex(roster)


def token(volunteer: int, **more: object) -> str:
    """The text of a volunteer's badge."""
    return badge.issue(Badge(volunteer, **more), ISSUER)


def reading(
    text: str,
    presented: Presented = Presented.CODE,
    wall_ms: int = NINE_MS,
    *,
    sender: str | None = None,
    device: str = "scanner",
) -> Reading:
    """Somebody presents something."""
    at = Instant(wall_ms - NINE_MS + HOUR_MS, wall_ms)
    return Reading(device, presented, Secret(text), at, Secret(sender) if sender is not None else None)


def tap_of(tag: SigningTag, wall_ms: int = NINE_MS) -> Reading:
    """Somebody holds a card that signs to the reader."""
    message = tap_message(tag.tap())
    assert message is not None
    return reading(message.reveal(), Presented.SIGNED_TAP, wall_ms)


@dataclass
class HandClock:
    """Stands still until it is moved."""

    now_ms: int = NINE_MS
    boot_id: str = BOOT

    def wall_ms(self) -> int:
        return self.now_ms

    def mono_ms(self) -> int:
        return self.now_ms - NINE_MS + HOUR_MS
