"""The script of the demo's day: who comes when, with what, and what the day must come to."""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from drivers.catalog import kind_named
from foundation import settings
from kiosk.local_api.messages import Outcome
from sync.contract.events import Direction

ACTIVITY = "lantern-fair"
"""The activity of the day itself; there may be others before and after it."""


class How(StrEnum):
    """Where a step happens: at a device, at the staff's screen, on the serial line itself, or to the link."""

    CAMERA = "camera"
    SCANNER = "scanner"
    KEYPAD = "keypad"
    ID_CARD = "id_card"
    TAG = "tag"
    TEXT = "text"
    CARD = "card"
    NUMBER_PAD = "number_pad"
    WEDGE = "wedge"
    STAFF = "staff"
    LINE = "line"
    CUT_LINK = "cut_link"
    MEND_LINK = "mend_link"


class Shows(StrEnum):
    """What a person carries; any other text of a step is presented as it stands."""

    BADGE = "badge"
    OLD_BADGE = "old_badge"
    FORGED_BADGE = "forged_badge"
    OTHER_CODE = "other_code"
    OLD_TAP = "old_tap"
    EXPIRED_BADGE = "expired_badge"
    PHONE = "phone"
    LATE_PHONE = "late_phone"
    WRONG_DIGITS = "wrong_digits"
    SENT_CODE = "sent_code"
    ASKS_CODE = "asks_code"
    ANSWERED_CODE = "answered_code"


DEVICES = {
    How.CAMERA: "camera",
    How.SCANNER: "scanner",
    How.ID_CARD: "id-card",
    How.TAG: "tag",
    How.TEXT: "modem",
    How.CARD: "card",
    How.NUMBER_PAD: "keypad",
    How.WEDGE: "wedge",
}
"""What the settings call the device of each way to present oneself that has a cable."""

KINDS = {
    How.CAMERA: kind_named("camera"),
    How.SCANNER: kind_named("scanner"),
    How.ID_CARD: kind_named("id_card"),
    How.TAG: kind_named("tag"),
    How.TEXT: kind_named("modem"),
    How.CARD: kind_named("contactless"),
    How.NUMBER_PAD: kind_named("keypad"),
    How.WEDGE: kind_named("wedge"),
}
"""Of what kind each of these devices is."""


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """A volunteer of the day."""

    number: int
    name: str
    language: str = ""
    other_code: str = ""
    id_number: str = ""
    tag: str = ""
    phone: str = ""
    card_uid: str = ""
    signs: bool = False
    sms_codes: list[str] = []


class Staff(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who may act at the terminal with a PIN."""

    reference: str
    name: str
    pin: str


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that happens, and what the terminal should answer."""

    at: dt.time
    how: How
    who: int = 0
    shows: str = Shows.BADGE
    outcome: Outcome = Outcome.UNREADABLE
    reason: str = ""


class OtherActivity(Struct, frozen=True, forbid_unknown_fields=True):
    """An activity before or after that of the day; it executes from the first moment to the second one."""

    id: str
    title: str
    executes: tuple[dt.datetime, dt.datetime]
    shift: tuple[dt.datetime, dt.datetime]


class Past(Struct, frozen=True, forbid_unknown_fields=True):
    """What the terminal recorded before the day began, of a badge."""

    at: dt.datetime
    who: int
    direction: Direction
    activity: str


class Objection(Struct, frozen=True, forbid_unknown_fields=True):
    """What a volunteer holds against a line, in words."""

    who: int
    on: dt.date
    activity: str
    says: str


class Expected(Struct, frozen=True, forbid_unknown_fields=True):
    """The seconds that a volunteer's line must end with, written by hand.

    `on` is the line's date where that is not the day's; `here` is who is still there when all is settled.
    """

    who: int
    seconds: int
    why: str
    activity: str = ACTIVITY
    on: dt.date | None = None
    here: bool = False


class Day(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole script; times are local to `zone`. Steps at the staff's screen need two of `staff`.

    The day's activity executes from `opens` until `closes`, where it closes at all.
    """

    date: dt.date
    zone: str
    site: str
    activity: str
    shift: tuple[dt.time, dt.time]
    opens: dt.time
    settle_at: dt.time
    volunteer: list[Person]
    step: list[Step]
    expected: list[Expected]
    closes: dt.time | None = None
    organisation: str = ""
    staff: list[Staff] = []
    other_activity: list[OtherActivity] = []
    past: list[Past] = []
    objection: list[Objection] = []

    def ms(self, local: dt.time) -> int:
        """UTC milliseconds of a local time of the day."""
        return self.moment_ms(dt.datetime.combine(self.date, local))

    def moment_ms(self, local: dt.datetime) -> int:
        """UTC milliseconds of a local time of any day."""
        return int(local.replace(tzinfo=ZoneInfo(self.zone)).timestamp() * 1000)

    def person(self, number: int) -> Person:
        """The volunteer of this number."""
        return next(person for person in self.volunteer if person.number == number)

    def date_of(self, expected: Expected) -> dt.date:
        """The date of an expected line."""
        return expected.on or self.date


def load_day() -> Day:
    """The day that ships with Muster."""
    return settings.load(Path(__file__).with_name("day.toml"), Day)
