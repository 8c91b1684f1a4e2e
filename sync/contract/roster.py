"""The roster: what a terminal must know to decide alone. The centre signs it; nothing else is believed.

It names people only as the site may show them, and cards, telephones and codes only by keyed hash.
"""

import zlib
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from foundation.attendance import AttendancePolicy, Seconds
from foundation.errors import MessageError, SettingsError
from sync.contract.events import (
    NOT_DECODABLE,
    ActivityId,
    Assurance,
    Method,
    Milliseconds,
    Reference,
    TerminalId,
)
from sync.contract.handover import CentreKeys
from sync.contract.signing import SigningKey
from sync.contract.troubles import ContractTrouble
from sync.contract.wire import MessageKind, Realm, Sealed, seal, unseal

MAX_ROSTER_BYTES = 64 * 1024 * 1024

UNRESOLVED_ACTIVITY = "?"
"""What a terminal without roster records for: the centre finds out which activity it was."""

Volunteer = Annotated[str, Meta(pattern="^[0-9]{1,12}$", description="volunteer number")]

StaffReference = Annotated[
    str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$", description="liaison-7, or a number")
]


class Phase(StrEnum):
    """Where an activity is in its life; attendance works only while it is executing."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECRUITING = "recruiting"
    STAFFING = "staffing"
    EXECUTING = "executing"
    ENDED = "ended"
    ARCHIVED = "archived"


class PhaseChange(Struct, frozen=True):
    """From `from_ms` (UTC) on, the activity is in this phase, until the next change."""

    phase: Phase
    from_ms: Milliseconds


class RosterShift(Struct, frozen=True):
    """Hours of service, [start, end) in UTC."""

    start_ms: Milliseconds
    end_ms: Milliseconds


class RosterCredit(Struct, frozen=True, kw_only=True):
    """Which part of a stay counts (S7, S8, S10, S11), so that a terminal can tell it before the centre does.

    `early_s` before and `late_s` after a shift count as well; `breaks` are taken off, and of a stay that is
    longer than `auto_break_after_s` up to `auto_break_s`. Less than `min_session_s` counts nothing, nor does
    more than `daily_cap_s` on a date; dates end at the midnights of `zone`.
    """

    zone: str
    early_s: Seconds = 0
    late_s: Seconds = 0
    breaks: list[RosterShift] = []
    auto_break_after_s: Seconds = 0
    auto_break_s: Seconds = 0
    min_session_s: Seconds = 0
    daily_cap_s: Seconds | None = None


class RosterActivity(Struct, frozen=True):
    """An activity at the terminal's site; `assigned` are the expected volunteers, null = everybody.

    `shifts` stand in order. The start of the first and the end of the last, `shift_start_ms` and
    `shift_end_ms`, are all that terminals up to 0.1 read, and all that centres up to 0.1 tell.
    `debounce_s` is the activity's own window of repetition, null = the policy's: those terminals know only
    the latter. `claims_end` says that the centre puts down the shift's end for who forgets to check out,
    until somebody confirms it; terminals only tell people so. `credit` is None where the time is no service,
    and of a centre that does not tell it.
    """

    id: ActivityId
    title: str
    phases: list[PhaseChange]
    shift_start_ms: Milliseconds | None = None
    shift_end_ms: Milliseconds | None = None
    assigned: list[Volunteer] | None = None
    shifts: list[RosterShift] = []
    debounce_s: Seconds | None = None
    claims_end: bool = False
    credit: RosterCredit | None = None


class RosterPerson(Struct, frozen=True):
    """A volunteer as the site may show them; `suspended` refuses whatever they present.

    `expected_at` names another site of the same organisation that expects them; then this one doesn't.
    `latin` is how a Chinese name is read ("li ming"), for a terminal has no Chinese input method.
    `approved_s` is the time of service that was approved before today, in all, and `stars` what it earned;
    None where the centre does not tell it.
    """

    volunteer: Volunteer
    name: str
    language: str = ""
    suspended: bool = False
    expected_at: str = ""
    latin: str = ""
    approved_s: int | None = None
    stars: int = 0


class RosterCredential(Struct, frozen=True):
    """A card, telephone or code that stands for a volunteer; `one_use` ends with the first acceptance."""

    ref: Reference
    volunteer: Volunteer
    method: Method
    assurance: Assurance
    expires_ms: Milliseconds | None = None
    one_use: bool = False


class StaffRole(StrEnum):
    """What somebody of the staff is there for."""

    STAFF = "staff"
    SUPERVISOR = "supervisor"
    INSPECTOR = "inspector"


class RosterStaff(Struct, frozen=True):
    """Somebody who may act at the terminal with a PIN; `verifier` is Argon2id's (RFC 9106) in PHC format.

    `staff` is how events name them: the own volunteer number where they are a volunteer as well.
    """

    staff: StaffReference
    name: str
    verifier: Annotated[str, Meta(pattern=r"^\$argon2id\$", max_length=200)]
    role: StaffRole = StaffRole.STAFF


class Roster(Struct, frozen=True):
    """A whole, versioned snapshot for one terminal.

    `shared` says that other terminals record at its site as well. `policy` are the numbers of the centre's
    rule set that the terminal decides by; centres up to 0.1 tell none. Who is on no roster is sealed to
    `walk_in_key` (X25519, hex); without one, nobody can be written down who is not on it.
    """

    version: Annotated[int, Meta(ge=1)]
    terminal: TerminalId
    realm: Realm
    site: str
    zone: str
    language: str
    issuers: list[str]
    activities: list[RosterActivity]
    people: list[RosterPerson]
    credentials: list[RosterCredential]
    revoked: list[Reference] = []
    staff: list[RosterStaff] = []
    shared: bool = False
    policy: AttendancePolicy | None = None
    walk_in_key: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""


class RosterHeader(Struct, frozen=True):
    """What is signed beside the roster's own bytes."""

    version: Annotated[int, Meta(ge=1)]
    terminal: TerminalId


def seal_roster(roster: Roster, key: SigningKey) -> bytes:
    """The roster as it is sent and stored: signed by the centre, deflated."""
    header = RosterHeader(roster.version, roster.terminal)
    return seal(MessageKind.ROSTER, header, zlib.compress(msgspec.json.encode(roster)), key)


def open_roster(sealed: bytes, centre: CentreKeys, terminal: str, realm: Realm) -> Roster:
    """The roster, once the signature of one of the centre's keys holds and it is for this terminal and realm.

    Raises SettingsError for anything else.
    """
    try:
        envelope = msgspec.json.decode(sealed, type=Sealed)
        header = unseal(envelope, MessageKind.ROSTER, RosterHeader, centre.named(envelope.key))
        inflated = zlib.decompressobj().decompress(envelope.body, MAX_ROSTER_BYTES)
        roster = msgspec.json.decode(inflated, type=Roster)
    except (*NOT_DECODABLE, zlib.error, MessageError) as error:
        raise SettingsError(
            ContractTrouble.ROSTER_NOT_TRUSTED,
            why=error.trouble if isinstance(error, MessageError) else error,
        ) from error
    if header.terminal != terminal or roster.terminal != terminal:
        raise SettingsError(ContractTrouble.ROSTER_OTHER_TERMINAL, meant=roster.terminal, terminal=terminal)
    if roster.realm is not realm:
        raise SettingsError(ContractTrouble.ROSTER_OTHER_REALM, meant=roster.realm, realm=realm)
    return roster
