"""The events of a terminal's log: what they say and how they become bytes.

An event is encoded once, when it is logged; those bytes are hashed, stored, sent and stored at the centre.
Times are integers in milliseconds. Names, telephone numbers and identity numbers never stand in an event.
"""

import unicodedata
from enum import StrEnum
from typing import Annotated, Final, get_args

import msgspec
from msgspec import Meta, Struct

from foundation.errors import MessageError
from sync.contract.troubles import ContractTrouble

MAX_EVENT_BYTES = 2048
MOST: Final = 2**53
"""The largest number in a message: every implementation and every database can hold it."""
MOST_IN_GROUP: Final = 10_000
CORRECTED_WITHIN_MS = 5 * 60_000
"""Later, a mistake is repaired by a manual record and its second person, not by cancelling."""
NOT_DECODABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes from elsewhere: not of this type, not UTF-8, or nested without end."""

Epoch = Annotated[
    str, Meta(pattern="^[0-9a-f]{32}$", description="128 random bits drawn when the log was opened")
]
Boot = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", description="names the boot that mono_ms belongs to")]
HashHex = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
TerminalId = Annotated[
    str, Meta(pattern="^[a-z0-9][a-z0-9-]{1,31}$", description="lower-case, as in its certificate")
]
Sequence = Annotated[int, Meta(ge=1, le=MOST, description="gap-free within the epoch")]
Milliseconds = Annotated[int, Meta(ge=-MOST, le=MOST)]
Reference = Annotated[
    str, Meta(min_length=1, max_length=80, description="badge:<number>.<serial> or keyed:<hex>")
]
Code = Annotated[str, Meta(pattern="^[a-z0-9_]{1,40}$")]
ActivityId = Annotated[str, Meta(min_length=1, max_length=40)]


class Method(StrEnum):
    """How a person presented themselves."""

    BADGE = "badge"
    PHONE = "phone"
    OTHER_CODE = "other_code"
    ID_CARD = "id_card"
    CARD = "card"
    TAG = "tag"
    SMS_CODE = "sms_code"
    SMS_IN = "sms_in"
    MANUAL = "manual"


class Direction(StrEnum):
    """Whether somebody came or left."""

    IN = "in"
    OUT = "out"


class Assurance(StrEnum):
    """How strongly a method proves that the person was there."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ClockState(StrEnum):
    """What the terminal's wall clock rested on."""

    SYNCED = "synced"
    HOLDOVER = "holdover"
    RTC = "rtc"
    UNSET = "unset"


class ClockTrust(Struct, frozen=True):
    """The terminal's own judgement of its wall clock at an event."""

    state: ClockState
    error_ms: Annotated[int, Meta(ge=0, le=MOST)] | None = None
    source: Annotated[str, Meta(max_length=20)] = ""
    since_sync_ms: Annotated[int, Meta(ge=0, le=MOST)] | None = None


class Credential(Struct, frozen=True, omit_defaults=True):
    """Who presented themselves: the method and a pseudonymous reference that the centre resolves.

    `counter` is how often a card that signs was tapped; no two taps of a card have the same.
    """

    method: Method
    ref: Reference
    assurance: Assurance
    counter: Annotated[int, Meta(ge=0, lt=2**24)] | None = None


class EpochEnd(Struct, frozen=True):
    """The last event of an earlier epoch, as the log held it when the new one was opened."""

    epoch: Epoch
    seq: Sequence
    hash: HashHex


class Event(Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """What every event says: its place in the log, its terminal, and when, with the clock's trust.

    `epoch` and `seq` are filled in by the log.
    """

    terminal: TerminalId
    epoch: Epoch = ""
    seq: Sequence = 0
    boot: Boot
    mono_ms: Milliseconds
    wall_ms: Milliseconds
    clock: ClockTrust
    policy: Annotated[int, Meta(ge=0, le=MOST)] = 0


class CheckIn(Event, frozen=True, kw_only=True, tag="check_in"):
    """Accepted: this credential came."""

    credential: Credential
    activity: ActivityId


class CheckOut(Event, frozen=True, kw_only=True, tag="check_out"):
    """Accepted: this credential left; `on_break` says that they mean to come back."""

    credential: Credential
    activity: ActivityId
    on_break: bool = False


class Toggle(Event, frozen=True, kw_only=True, tag="toggle"):
    """Accepted where the terminal can't know the direction; the centre pairs it."""

    credential: Credential
    activity: ActivityId


class Manual(Event, frozen=True, kw_only=True, tag="manual"):
    """Entered by staff for somebody, with a reason and a second person.

    For somebody who is not on the roster `volunteer` is empty and `walk_in` a reference that the terminal
    drew; as they come, `sealed` is who it is, which only the centre can open (`sync.contract.sealed_person`).
    It counts for nobody until people at the centre said whose it is. `on_break`: left, to come back.
    """

    volunteer: Annotated[str, Meta(max_length=20)]
    activity: ActivityId
    direction: Annotated[str, Meta(pattern="^(in|out)$")]
    at_ms: Milliseconds
    reason: Annotated[str, Meta(min_length=1, max_length=300)]
    entered_by: Annotated[str, Meta(max_length=40)]
    confirmed_by: Annotated[str, Meta(max_length=40)]
    walk_in: Annotated[str, Meta(pattern="^(walkin:[0-9a-f]{32})?$")] = ""
    sealed: Annotated[str, Meta(max_length=800)] = ""
    on_break: bool = False


class Group(Event, frozen=True, kw_only=True, tag="group"):
    """People who come together without names: `count` of the group `group` came, or left.

    They are counted and are never anybody's hours. `remark` says who they are as a whole, such as an
    organisation; it is written with the coming and the leaving alike.
    """

    group: Annotated[str, Meta(pattern="^[0-9a-f]{16}$", description="drawn as it came")]
    activity: ActivityId
    direction: Annotated[str, Meta(pattern="^(in|out)$")]
    count: Annotated[int, Meta(ge=1, le=MOST_IN_GROUP)]
    remark: Annotated[str, Meta(min_length=1, max_length=300)]
    entered_by: Annotated[str, Meta(max_length=40)]


class Claim(Event, frozen=True, kw_only=True, tag="claim"):
    """A volunteer's own answer to "When did you leave?", asked when a check-out is missing.

    The claimed time lies within [`earliest_ms`, `latest_ms`], what the terminal's evidence allows. At the
    centre it becomes a manual record that waits for a second person. `taken_by` is the staff member who
    entered the answer for the volunteer; empty when the volunteer answered alone.
    """

    credential: Credential
    activity: ActivityId
    direction: Annotated[str, Meta(pattern="^(in|out)$")]
    at_ms: Milliseconds
    earliest_ms: Milliseconds
    latest_ms: Milliseconds
    taken_by: Annotated[str, Meta(max_length=40)] = ""


class Correction(Event, frozen=True, kw_only=True, tag="correction"):
    """An accepted event of this terminal was a mistake and counts no more; nothing is deleted.

    It comes within CORRECTED_WITHIN_MS of the event that it names. `credential`, `volunteer` and `activity`
    are those of that event: a scan has a credential, a manual entry a volunteer. `by` is the staff member who
    cancelled; empty when the volunteer did at the screen.
    """

    cancelled_epoch: Epoch
    cancelled_seq: Sequence
    credential: Credential | None = None
    volunteer: Annotated[str, Meta(max_length=20)] = ""
    activity: ActivityId
    reason: Annotated[str, Meta(min_length=1, max_length=300)]
    by: Annotated[str, Meta(max_length=40)] = ""


class Refused(Event, frozen=True, kw_only=True, tag="refused"):
    """Not accepted, and why; kept because nothing that was presented is thrown away.

    `reason` is a `foundation.refusal.Refusal`, or one that another version knows.
    """

    reason: Code
    credential: Credential | None = None
    activity: ActivityId | None = None


class CodeIssued(Event, frozen=True, kw_only=True, tag="code_issued"):
    """A one-time code was sent back to a telephone that asked for one; `code` is its reference, no digits."""

    credential: Credential
    code: Reference


class EpochStart(Event, frozen=True, kw_only=True, tag="epoch_start"):
    """The log was opened; always seq 1. Names the epoch before, so a lost tail or a restored card shows."""

    previous: EpochEnd | None = None
    software: Annotated[str, Meta(max_length=40)]


class BootSeen(Event, frozen=True, kw_only=True, tag="boot"):
    """The machine was started since the last epoch."""

    previous_boot: Boot | None = None


class ClockAnchor(Event, frozen=True, kw_only=True, tag="clock_anchor"):
    """At `mono_ms` of this boot, true UTC was `true_ms`, give or take `error_ms`."""

    true_ms: Milliseconds
    error_ms: Annotated[int, Meta(ge=0, le=MOST)]
    source: Annotated[str, Meta(max_length=20)]


class OrderResult(StrEnum):
    """What became of what the centre asked a terminal to do, or to show; another version may know others."""

    DONE = "done"
    FAILED = "failed"
    NOT_KNOWN = "not_known"  # this version of the terminal knows no such order
    SHOWN = "shown"  # a text stood on a screen


class AlarmCode(StrEnum):
    """What a terminal tells the centre of at once; another version may know others."""

    CLOCK_JUMP = "clock_jump"
    DISK_FULL = "disk_full"
    LOG_SALVAGED = "log_salvaged"
    SETTING_REFUSED = "setting_refused"
    STAFF_ORDERS = "staff_orders"
    TERMINAL_REVOKED = "terminal_revoked"


class ConfigApplied(Event, frozen=True, kw_only=True, tag="config_applied"):
    """Settings or a roster of this version are in force from here on."""

    what: Code
    version: Annotated[int, Meta(ge=0, le=MOST)]
    digest: HashHex


class KeyChange(Event, frozen=True, kw_only=True, tag="key_change"):
    """The terminal signs with this key from here on."""

    public_key: HashHex


class Alarm(Event, frozen=True, kw_only=True, tag="alarm"):
    """Something that the centre must see: an AlarmCode, with details in English."""

    code: Code
    detail: Annotated[str, Meta(max_length=200)] = ""


class OrderAnswered(Event, frozen=True, kw_only=True, tag="order_answered"):
    """What became of an order of the centre, by its id: an OrderResult, with details in English."""

    order: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    result: Code
    detail: Annotated[str, Meta(max_length=200)] = ""


class RollCalled(Struct, frozen=True, omit_defaults=True):
    """A name that was called: seen there or not, and the activity that the terminal had the person in."""

    volunteer: Annotated[str, Meta(max_length=20)]
    activity: ActivityId
    seen: bool
    remark: Annotated[str, Meta(max_length=40)] = ""


class RollCall(Event, frozen=True, kw_only=True, tag="roll_call"):
    """An inspector called names, drawn (`roll_call.drawn`) from those present, at the last of `draws`."""

    inspector: Annotated[str, Meta(min_length=1, max_length=40)]
    seed: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    present: Annotated[int, Meta(ge=1, le=MOST)]
    present_digest: HashHex
    draws: Annotated[int, Meta(ge=1, le=MOST)] = 1
    called: Annotated[list[RollCalled], Meta(min_length=1, max_length=8)]


class StaffMessage(Event, frozen=True, kw_only=True, tag="staff_message"):
    """What staff (`by`) write to the centre; about the site and its things, never about a person."""

    by: Annotated[str, Meta(min_length=1, max_length=40)]
    text: Annotated[str, Meta(min_length=1, max_length=200)]


AnyEvent = (
    CheckIn
    | CheckOut
    | Toggle
    | Manual
    | Claim
    | Correction
    | Refused
    | CodeIssued
    | EpochStart
    | BootSeen
    | ClockAnchor
    | ConfigApplied
    | KeyChange
    | Alarm
    | OrderAnswered
    | Group
    | RollCall
    | StaffMessage
)
KINDS: tuple[type[Event], ...] = get_args(AnyEvent)


def is_walk_in(reference: str) -> bool:
    """Whether a reference stands for somebody who is not on the roster (`Manual.walk_in`)."""
    return reference.startswith("walkin:")


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(event: Event) -> bytes:
    """The event's bytes, once and for all: one line of UTF-8 JSON, composed (Unicode NFC).

    Raises MessageError when they exceed MAX_EVENT_BYTES.
    """
    encoded = _encoder.encode(event)
    if not encoded.isascii():
        # What looks the same must be the same bytes, whichever keyboard typed it.
        encoded = unicodedata.normalize("NFC", encoded.decode()).encode()
    if len(encoded) > MAX_EVENT_BYTES:
        raise MessageError("size", ContractTrouble.EVENT_TOO_LARGE, bytes=len(encoded), most=MAX_EVENT_BYTES)
    return encoded


def decode(encoded: bytes) -> AnyEvent:
    """The event of these bytes; raises MessageError for an unknown kind or a wrong field."""
    try:
        return _decoder.decode(encoded)
    except NOT_DECODABLE as error:
        raise MessageError("event", ContractTrouble.EVENT_NOT_UNDERSTOOD, why=error) from error


def elapsed_ms(earlier: Event, later: Event) -> int:
    """How long after `earlier` a terminal logged `later`; within a boot, whatever the clock was set to."""
    if earlier.boot == later.boot:
        return later.mono_ms - earlier.mono_ms
    return later.wall_ms - earlier.wall_ms


def is_in_time(cancelled: Event, correction: Event) -> bool:
    """Whether a correction comes after what it cancels, and soon enough."""
    return 0 <= elapsed_ms(cancelled, correction) <= CORRECTED_WITHIN_MS
