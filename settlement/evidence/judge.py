"""What the centre makes of one authentic event. Pure: no database.

Whatever the bytes say, the event is stored; a judgement only says which columns could be read and whether a
person must look at it.
"""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

from foundation.errors import MessageError
from settlement.rules.unnamed import NOT_FOUND, Found, Way
from sync.contract import events
from sync.contract.event_places import EventId
from sync.contract.events import (
    CheckIn,
    CheckOut,
    Claim,
    ClockState,
    ClockTrust,
    Code,
    Correction,
    Manual,
    Milliseconds,
    Toggle,
    is_walk_in,
)
from sync.contract.one_time_code import is_code
from sync.contract.roster import UNRESOLVED_ACTIVITY

SCANS = frozenset({"check_in", "check_out", "toggle"})
"""The kinds of events in which somebody presented something and was accepted."""
UNREAD = "unread"
"""The kind of an event that could not be read at all."""
EARLIEST_MS = 1_735_689_600_000
"""2025-01-01: Muster did not exist before; a clock that claims an earlier time was never set."""
LONGEST_AHEAD_MS = 86_400_000
"""A clock that is said to be right and is more than a day ahead of the centre is not right."""

_DOUBTFUL = {ClockState.RTC, ClockState.UNSET}
_UNREADABLE = (MessageError, msgspec.DecodeError, RecursionError)
"""The last for JSON that is nested thousands of levels deep."""


class ReviewReason(StrEnum):
    """Why a person must look at a stored event."""

    UNKNOWN_KIND = "unknown_kind"
    """A kind that this version does not know, or a field that it does not understand."""
    MISPLACED = "misplaced"
    """The event claims another terminal, epoch or seq than the place where it stands in the log."""
    UNKNOWN_VOLUNTEER = "unknown_volunteer"
    WALK_IN = "walk_in"
    """Somebody who was on no roster: it waits in the inbox for who it was."""
    UNKNOWN_ACTIVITY = "unknown_activity"
    NO_ACTIVITY = "no_activity"
    """The terminal could name none, and none was executing at its site."""
    SEVERAL_ACTIVITIES = "several_activities"
    """The terminal could name none, and several were executing at its site; no assignment tells which."""
    ABSURD_TIME = "absurd_time"
    IMPOSSIBLE_CLAIM = "impossible_claim"
    """A claimed time outside the bounds that the terminal itself gave."""
    CODE_USED_TWICE = "code_used_twice"
    """Two terminals that could not hear of each other took the same one-time code."""
    TAP_USED_TWICE = "tap_used_twice"
    """A card that signs gave this tap once and it was taken twice: somebody overheard and played it."""
    OWN_ERROR = "own_error"
    """The centre failed on it three times: our fault, and the event is kept."""


class SingleUse(NamedTuple):
    """What admits once: a tap of the card `reference`, its `counter`th, or a one-time code."""

    reference: str
    counter: int


CODE = -1
"""Stands for the counter of a code, which has none."""


def single_use(reference: str, counter: int | None) -> SingleUse | None:
    """The code or tap that a credential is, if it admits only once."""
    if counter is not None:
        return SingleUse(reference, counter)
    return SingleUse(reference, CODE) if is_code(reference) else None


class Judgement(Struct, frozen=True, gc=False):
    """The columns read from one event; None or empty where nothing could be read.

    `attends` tells an event of a volunteer's attendance, claims and corrections included. `reference` (of a
    credential), `volunteer` (a number that a manual entry names) and `activity` are what must be looked up.
    `about_ms` is the time that people named in the place of the clock's, `counter` that of a card that signs.
    """

    kind: str = UNREAD
    boot: str = ""
    mono_ms: int | None = None
    wall_ms: int | None = None
    clock_doubtful: bool = True
    review: ReviewReason | None = None
    attends: bool = False
    reference: str = ""
    volunteer: int | None = None
    activity: str = ""
    about_ms: int | None = None
    counter: int | None = None

    @property
    def once(self) -> SingleUse | None:
        """The code or tap that the event names, if it names what admits only once."""
        return single_use(self.reference, self.counter)

    @property
    def is_unnamed(self) -> bool:
        """Whether the terminal knew no activity to name."""
        return self.attends and self.activity == UNRESOLVED_ACTIVITY


@dataclass(frozen=True, slots=True)
class MasterData:
    """What the look-up for a batch found: volunteers by reference, existing volunteers and activities.

    `used_twice` are the codes and taps that more than one event used, `nobodys` the references of walk-ins
    that people refused.
    """

    by_reference: Mapping[str, int]
    volunteers: AbstractSet[int]
    activities: AbstractSet[str]
    used_twice: AbstractSet[SingleUse] = frozenset()
    nobodys: Collection[str] = frozenset()


class _Common(Struct, frozen=True):
    """What can be read of an event of a newer version."""

    kind: Code = UNREAD
    boot: Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")] = ""
    mono_ms: Milliseconds | None = None
    wall_ms: Milliseconds | None = None


_common = msgspec.json.Decoder(_Common)


def judge(encoded: bytes, event_id: EventId, received_ms: int) -> Judgement:
    """Read one event as far as it can be read; never raises for what a terminal may send."""
    try:
        event = events.decode(encoded)
    except _UNREADABLE:
        return _judge_strange(encoded)
    kind = str(type(event).__struct_config__.tag)
    review, attends = None, False
    reference, volunteer, activity = "", None, ""
    about_ms = event.at_ms if isinstance(event, Manual | Claim) else None
    counter = None
    if (event.terminal, event.epoch, event.seq) != event_id:
        review = ReviewReason.MISPLACED
    else:
        if event.clock.state is not ClockState.UNSET and is_absurd(event.wall_ms, received_ms):
            review = ReviewReason.ABSURD_TIME
        if isinstance(event, Manual):
            attends, volunteer, activity = True, volunteer_number(event.volunteer), event.activity
            reference = event.walk_in
        elif isinstance(event, CheckIn | CheckOut | Toggle | Claim):
            attends, reference, activity = True, event.credential.ref, event.activity
            counter = event.credential.counter
        elif isinstance(event, Correction):
            attends, activity = True, event.activity
            reference = event.credential.ref if event.credential else ""
            volunteer = volunteer_number(event.volunteer)
        if isinstance(event, Claim) and not event.earliest_ms <= event.at_ms <= event.latest_ms:
            review = ReviewReason.IMPOSSIBLE_CLAIM
    read = (kind, event.boot, event.mono_ms, event.wall_ms, is_doubtful(event.clock))
    return Judgement(*read, review, attends, reference, volunteer, activity, about_ms, counter)


def attribute(
    judgement: Judgement, known: MasterData, found: Found = NOT_FOUND
) -> tuple[int | None, ReviewReason | None]:
    """Whose event it is, and why a person must look at it, if anybody; master data decide.

    `found` is the activity of an event that names none.
    """
    if not judgement.attends:
        return None, judgement.review
    if judgement.reference:
        volunteer = known.by_reference.get(judgement.reference)
    else:
        volunteer = judgement.volunteer if judgement.volunteer in known.volunteers else None
    if volunteer is None:
        if not is_walk_in(judgement.reference):
            return None, judgement.review or ReviewReason.UNKNOWN_VOLUNTEER
        nobodys = judgement.reference in known.nobodys
        return None, judgement.review or (None if nobodys else ReviewReason.WALK_IN)
    if judgement.is_unnamed:
        if found.activity is None:
            several = found.way is Way.SEVERAL
            why = ReviewReason.SEVERAL_ACTIVITIES if several else ReviewReason.NO_ACTIVITY
            return volunteer, judgement.review or why
    elif judgement.activity not in known.activities:
        return volunteer, judgement.review or ReviewReason.UNKNOWN_ACTIVITY
    once = judgement.once
    if once and once in known.used_twice:
        return volunteer, judgement.review or reason_of_reuse(once)
    return volunteer, judgement.review


def reason_of_reuse(once: SingleUse) -> ReviewReason:
    """Why events that name the same code or tap must be looked at."""
    return ReviewReason.CODE_USED_TWICE if once.counter == CODE else ReviewReason.TAP_USED_TWICE


def is_doubtful(trust: ClockTrust) -> bool:
    """Whether a clock needs other evidence before its time can be believed."""
    return trust.error_ms is None or trust.state in _DOUBTFUL


def is_absurd(wall_ms: int, received_ms: int) -> bool:
    """Whether no clock of ours can have shown that time, whatever is said of it."""
    return not EARLIEST_MS <= wall_ms <= received_ms + LONGEST_AHEAD_MS


def volunteer_number(text: str) -> int | None:
    """The number of a volunteer as events write it, or None for text that is no such number."""
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        return None
    return int(text) or None


def volunteer_of_token(reference: str) -> int | None:
    """The number in badge:<number>.<serial>, phone:<number> or code:<number>.<drawn>; None in any other."""
    family, _, rest = reference.partition(":")
    if family not in {"badge", "phone", "code"}:
        return None
    return volunteer_number(rest.partition(".")[0])


def _judge_strange(encoded: bytes) -> Judgement:
    """An event of a kind or with fields that this version does not understand."""
    try:
        read = _common.decode(encoded)
    except _UNREADABLE:
        return Judgement(review=ReviewReason.UNKNOWN_KIND)
    review = ReviewReason.UNKNOWN_KIND
    return Judgement(read.kind, read.boot, read.mono_ms, read.wall_ms, review=review)
