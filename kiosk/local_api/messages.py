"""What the engine and its clients say to each other on the terminal's own socket.

One JSON object a line, UTF-8; `type` names the message. A client first sends `hello` with the version it
speaks; the engine answers with `snapshot` and then sends what happens, as it happens. Names stand in these
messages only as the site allows them on the screen.
"""

from enum import StrEnum
from typing import get_args

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from foundation.errors import MessageError
from foundation.trouble import Trouble
from kiosk.local_api.receipts import Receipt
from kiosk.local_api.replies import Question, QuestionEnded, Reply, SessionEnded
from kiosk.local_api.requests import Request
from kiosk.troubles import TerminalTrouble
from sync.contract.events import NOT_DECODABLE

VERSION = 1
MAX_LINE_BYTES = 1024 * 1024
UPLINK = "uplink"
"""How the uplink's process calls itself in its hello: the engine tells staff when it goes away."""


class Outcome(StrEnum):
    """What became of a reading, as the person is told."""

    ACCEPTED_IN = "accepted_in"
    ACCEPTED_OUT = "accepted_out"
    ALREADY_IN = "already_in"
    ALREADY_OUT = "already_out"
    CODE_SENT = "code_sent"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    NOT_RECORDED = "not_recorded"


class LookUpState(StrEnum):
    """Whether staff look up whose the next reading is; then nobody is recorded by it."""

    NONE = ""
    WAITING = "waiting"
    DONE = "done"


class ClientHello(Struct, frozen=True, tag_field="type", tag="hello"):
    """A client's first line; `client` names it for the engine's log: screen, monitor, uplink …"""

    version: int
    client: str


class Typed(Struct, frozen=True, tag_field="type", tag="typed"):
    """Digits that somebody typed at a screen's keypad; decided like any other reading."""

    digits: str


class LinkReport(Struct, frozen=True, tag_field="type", tag="link_report"):
    """What the uplink knows: sent by it at every change and passed on to every screen inside `status`.

    `unsent` events wait, the oldest since `oldest_unsent_wall_ms`; `troubles` are what staff are told;
    `certificate_days` are left until this terminal's certificate ends, None where it has none.
    """

    connected: bool
    unsent: int
    oldest_unsent_wall_ms: int | None = None
    last_ack_wall_ms: int | None = None
    troubles: list[Trouble] = []
    certificate_days: int | None = None


class FromCentre(Struct, frozen=True, tag_field="type", tag="from_centre"):
    """What the centre sent to this terminal, as the uplink received it: still sealed.

    The engine believes the centre's signature, not who brought it. `centre_ms` is the centre's UTC, as far as
    the uplink knows it, `received_mono_ms` when the message came, since the boot.
    """

    message: bytes
    centre_ms: int
    received_mono_ms: int = 0


class Showed(Struct, frozen=True, tag_field="type", tag="showed"):
    """A screen has drawn this notice where people see it; the centre is told once."""

    notice: str


class ScreenSize(Struct, frozen=True, tag_field="type", tag="screen_size"):
    """How many character cells the volunteers' screen has; it tells at its start and at every change."""

    columns: int
    rows: int


ToEngine = ClientHello | Typed | LinkReport | FromCentre | Showed | ScreenSize | Request


class Display(Struct, frozen=True):
    """What the settings say of the volunteers' display and of where people stand.

    `diagonal_mm` is 0 where nobody wrote it down; `read_from_mm` is how far off people read it;
    `dims_after_min` minutes without anybody let it dim, 0 never.
    """

    diagonal_mm: int = 0
    read_from_mm: int = 2000
    dims_after_min: int = 0


class Here(Struct, frozen=True):
    """One person who is checked in at this site, as far as this terminal knows."""

    volunteer: str
    name: str
    since_ms: int
    activity: str


class Decided(Struct, frozen=True, tag_field="type", tag="decided"):
    """One reading and what became of it.

    `reason` is a refusal's code (`foundation/refusal.py`), `since_ms` the check-in that stands (accepted_out,
    already_in), `seq` the event in the log (0 when nothing was recorded), `language` the person's own or "",
    `tries_left` how often a wrong code may still be typed before a pause, where that is counted, `wait_s`
    the seconds of the pause that holds now, `expected_at` the site that expects the person, where it is
    another, and `opens_ms` when check-in opens, where it is too early. What came `from_afar`, a text message
    without the digits that the screen shows, is nothing to whoever stands before it. Of an entry by staff,
    `written_ms` is the moment that they wrote down, and `note` their reason. Once it was taken back it keeps
    its place, with when and by whom: `taken_back_by` is staff's reference, or "" at the volunteers' screen.
    Who leaves by an own reading gets a `receipt`.
    `message` is what staff left for the person to read with this answer.
    """

    at_ms: int
    device: str
    method: str
    outcome: Outcome
    reason: str = ""
    name: str = ""
    volunteer: str = ""
    activity: str = ""
    since_ms: int | None = None
    language: str = ""
    seq: int = 0
    tries_left: int | None = None
    wait_s: int | None = None
    expected_at: str = ""
    opens_ms: int | None = None
    from_afar: bool = False
    written_ms: int | None = None
    note: str = ""
    taken_back_ms: int | None = None
    taken_back_by: str = ""
    receipt: Receipt | None = None
    message: str = ""

    def marked(self, taken: "TakenBack") -> "Decided":
        """The same once something was taken back: with when and by whom, if it was this."""
        if not self.seq or self.seq != taken.seq:
            return self
        return replace(self, taken_back_ms=taken.at_ms, taken_back_by=taken.by)


class Seen(Struct, frozen=True, tag_field="type", tag="seen"):
    """Something was presented and its answer takes longer than a blink: `presented` is a code, a card …"""

    device: str
    presented: str


class TakenBack(Struct, frozen=True, tag_field="type", tag="taken_back"):
    """What was decided on with this `seq` counts no more, since `at_ms`; `by` is staff's reference, or ""."""

    seq: int
    at_ms: int
    by: str


class Device(Struct, frozen=True):
    """One device's health; `state` is closed, opening, ready or fault, `trouble` what is wrong, if anything.

    `readings` and `unreadable` count since the engine's start, `…_last_minute` those of the last 60 s.
    """

    name: str
    kind: str
    state: str
    readings: int
    unreadable: int
    trouble: Trouble | None = None
    last_reading_wall_ms: int | None = None
    readings_last_minute: int = 0
    unreadable_last_minute: int = 0


class Notice(Struct, frozen=True):
    """A text of the centre for the screens, by language; the volunteers' screen shows it only `for_all`."""

    id: str
    texts: dict[str, str]
    for_all: bool = False

    def text(self, language: str) -> tuple[str, str]:
        """The language and the text for somebody who reads this one: another where it is not among them."""
        spoken = language if language in self.texts else next(iter(self.texts))
        return spoken, self.texts[spoken]


class Status(Struct, frozen=True, tag_field="type", tag="status"):
    """How the terminal is doing; sent every second and whenever something changed.

    `clock_state` is synced, holdover, rtc or unset; `head_seq` the newest event of the running epoch;
    `short_code` what a text message to this terminal must carry now, "" where it takes none; `log_troubles`
    what staff are told when the log was torn or the disk is full; `codes` how many one-time codes somebody
    could type here now; `steps_missed` grows when a word of the centre about the site's other terminals was
    lost, which a greeting heals. Staff may have set it `out_of_order`, or what a scan means: then `direction`
    is in, out, toggle or break, else "". `here` are those who came at this terminal; `elsewhere` how many are
    in who came at another one of its site, None where it is alone or hasn't heard of the others lately.

    `on_break` are those who left this terminal for a break, `since_ms` being when;
    `in_groups` is how many people are here in groups without names. `look_up` is a LookUpState.
    `screen` is how many cells the volunteers' screen has that told it last, null before one did.
    `certificate_warning` says that `link.certificate_days` are few. `greetings_asked` grows when the centre
    asks to be told how the terminal is. `bell`: nothing else sounds, so the volunteers' screen rings.

    `clock_error_ms` bounds how far the clock may be off, `clock_since_ms` how long ago it was known better;
    `temperature_mc` is thousandths of a degree Celsius, `throttled_bits` what slows a Raspberry Pi down (see
    `kiosk/health/vitals.py`). None stands for what nobody knows.
    """

    wall_ms: int
    clock_state: str
    link: LinkReport
    devices: list[Device]
    here: list[Here]
    head_seq: int
    disk_free_bytes: int
    short_code: str = ""
    log_troubles: list[Trouble] = []
    clock_error_ms: int | None = None
    clock_since_ms: int | None = None
    temperature_mc: int | None = None
    undervoltage: bool | None = None
    codes: int = 0
    steps_missed: int = 0
    out_of_order: bool = False
    direction: str = ""
    throttled_bits: int | None = None
    elsewhere: int | None = None
    certificate_warning: bool = False
    greetings_asked: int = 0
    screen: ScreenSize | None = None
    bell: bool = False
    on_break: list[Here] = []
    in_groups: int = 0
    look_up: str = ""


class EnrolmentStage(StrEnum):
    """How far a terminal is on its way into a centre."""

    NEEDED = "needed"  # nobody has begun
    READ = "read"  # a token was held to a device
    ASKING = "asking"  # the centre is asked, or the clock is waited for
    WAITING = "waiting"  # a person at the centre is to approve
    FAILED = "failed"
    DONE = "done"


class Enrolment(Struct, frozen=True):
    """What a screen shows of a terminal without a centre; `stage` is an EnrolmentStage, or a newer one.

    `words` are the six words of its key, `code` is the one that a person approves at the `centre`'s address,
    `terminal` the name that it got or that its token gives it, `trouble` what is in the way.
    """

    stage: str
    words: str = ""
    code: str = ""
    centre: str = ""
    terminal: str = ""
    trouble: Trouble | None = None


class Snapshot(Struct, frozen=True, tag_field="type", tag="snapshot"):
    """All that a screen needs to draw itself from nothing; `recent` holds the last readings, newest last.

    `zone` is the IANA time zone in which the site's times are shown; `demo` marks a demonstration; `contact`
    is whom people call when the terminal is out of order, as the site wrote it: a name, a number, or both.
    Sent anew when roster, settings or activity change; `activity` is its title, or "" while several run.
    `roster_version` 0 is a terminal without a roster yet, `revoked` one that accepts nobody any more,
    `enrolment` stands in it while it belongs to no centre, `believes` is the id of the centre's key whose
    word it takes, `notices` are what the centre lets the screens say now. `activities` are the titles of all
    that the roster has, by their ids, `executing` how many of them go on now; `direction` is what a scan
    means by the settings, in, out or toggle. Unless it `checks_badges`, it knows no key yet to tell a genuine
    one by.
    """

    version: int
    terminal: str
    site: str
    activity: str
    zone: str
    language: str
    demo: bool
    roster_version: int
    expected: int
    recent: list[Decided]
    status: Status
    contact: str = ""
    sms_number: str = ""
    result_shown_s: int = 4
    settings_version: int = 0
    revoked: bool = False
    enrolment: Enrolment | None = None
    believes: str = ""
    notices: list[Notice] = []
    activities: dict[str, str] = {}
    executing: int = 0
    direction: str = ""
    checks_badges: bool = True
    display: Display = Display()


class OtherVersion(Struct, frozen=True, tag_field="type", tag="other_version"):
    """The only answer to a hello of another version: the one that the engine speaks; then it hangs up.

    Every version of this API must understand it as it stands here.
    """

    version: int


FromEngine = (
    Snapshot
    | Decided
    | Seen
    | TakenBack
    | Status
    | Question
    | QuestionEnded
    | SessionEnded
    | Reply
    | OtherVersion
)

_encoder = msgspec.json.Encoder()
_to_engine: msgspec.json.Decoder[ToEngine] = msgspec.json.Decoder(ToEngine)
_from_engine: msgspec.json.Decoder[FromEngine] = msgspec.json.Decoder(FromEngine)


class _Kind(Struct, frozen=True):
    """What every message says of itself."""

    type: str


_kind = msgspec.json.Decoder(_Kind)
_KINDS_FROM_ENGINE = {str(kind.__struct_config__.tag) for kind in get_args(FromEngine)}


def encode(message: ToEngine | FromEngine) -> bytes:
    """The message as one line."""
    return _encoder.encode(message) + b"\n"


def decode_to_engine(line: bytes) -> ToEngine:
    """A client's line; raises MessageError for anything else."""
    try:
        return _to_engine.decode(line)
    except NOT_DECODABLE as error:
        raise _not_understood(error) from error


def decode_from_engine(line: bytes) -> FromEngine:
    """The engine's line; raises MessageError for anything else."""
    try:
        return _from_engine.decode(line)
    except NOT_DECODABLE as error:
        raise _not_understood(error) from error


def is_unknown_kind(line: bytes) -> bool:
    """Whether a line of the engine is a message of a kind that this version does not know: of a newer one."""
    try:
        return _kind.decode(line).type not in _KINDS_FROM_ENGINE
    except NOT_DECODABLE:
        return False


def _not_understood(error: Exception) -> MessageError:
    return MessageError("malformed", TerminalTrouble.LOCAL_LINE_NOT_UNDERSTOOD, why=error)
