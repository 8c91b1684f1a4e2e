"""The file format of worked cases, typed: what a case of each kind must contain.

`defaults` plus a case's `rules` give its rule set. `events[].t` is the terminal's time, `off_s` what to add
to it (null: never measured), `rx` the arrival (the corrected time when absent). `expect` holds what the rules
must answer; the words of the answers are in `settlement.cases.case_answers`.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from foundation.errors import SettingsError
from foundation.text_files import read_json
from settlement.rules.evidence import (
    Activity,
    ActivityKind,
    Credential,
    Direction,
    Event,
    ManualEntry,
    executing_intervals,
)
from settlement.rules.policy import CENTRES, ActivityPolicy
from settlement.rules.rule_set import RuleSet
from settlement.troubles import CentreTrouble

Instant = Annotated[datetime, Meta(tz=True)]
Window = tuple[Instant, Instant]

Answer = dict[str, Any]
"""The fields that a case's `expect` may name."""

Setting = tuple[RuleSet, dict[str, Credential]]
"""What the file says for every case: the rule set and the credentials."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970, rounded down."""
    return (moment - _EPOCH) // timedelta(seconds=1)


def _interval(window: Window) -> tuple[int, int]:
    return seconds(window[0]), seconds(window[1])


class CaseEvent(Struct, frozen=True):
    """One delivery of an event."""

    id: str
    act: str
    dir: Direction
    t: Instant
    terminal: str | None = None
    seq: int | None = None
    cred: str | None = None
    method: str | None = None
    off_s: Decimal | None = Decimal(0)
    error_ms: int | None = None
    rx: Instant | None = None
    vol: str | None = None
    reason: str | None = None
    entered_by: str | None = None
    confirmed_by: str | None = None
    cancelled: bool = False
    instead_of: tuple[str, ...] = ()
    used_twice: bool = False

    def event(self) -> Event:
        """The event as the rules take it."""
        device_ms = milliseconds(self.t)
        offset_ms = None if self.off_s is None else int(self.off_s * 1000)
        manual = ManualEntry(self.vol, self.reason, self.entered_by, self.confirmed_by, self.instead_of)
        return Event(
            id=self.id,
            terminal=self.terminal or "",
            seq=self.seq or 0,
            credential=self.cred,
            activity=self.act,
            direction=self.dir,
            method=self.method or "",
            manual=manual if self.method == "manual" else None,
            device_ms=device_ms,
            offset_ms=offset_ms,
            error_ms=self.error_ms,
            received_ms=device_ms + (offset_ms or 0) if self.rx is None else milliseconds(self.rx),
            cancelled=self.cancelled,
            used_twice=self.used_twice,
        )


class CaseActivity(Struct, frozen=True):
    """Master data of an activity: one `shift` or several, `policy` fixes otherwise, `zone` is its site's."""

    phases: list[tuple[str, Instant]]
    site: str | None = None
    zone: str | None = None
    kind: ActivityKind | None = None
    shift: Window | None = None
    shifts: list[Window] = []
    policy: ActivityPolicy = CENTRES
    breaks: list[Window] | None = None
    roster: list[str] | None = None

    def activity(self, name: str) -> Activity:
        """The activity as the rules take it."""
        return Activity(
            id=name,
            site=self.site or "",
            zone=self.zone or "",
            kind=self.kind or ActivityKind.SERVICE,
            executing=executing_intervals((phase, seconds(start)) for phase, start in self.phases),
            shifts=tuple(map(_interval, [self.shift, *self.shifts] if self.shift else self.shifts)),
            policy=self.policy,
            breaks=tuple(map(_interval, self.breaks or ())),
            roster=None if self.roster is None else frozenset(self.roster),
        )


class CaseCredential(Struct, frozen=True):
    """Whom a credential stands for."""

    vol: str
    revoked_at: Instant | None = None

    def credential(self) -> Credential:
        """The credential as the rules take it."""
        return Credential(self.vol, None if self.revoked_at is None else milliseconds(self.revoked_at))


class Case(Struct, frozen=True):
    """What every kind of case has."""

    id: str
    kind: str
    expect: dict[str, Any]
    rules: dict[str, Any] = {}
    credentials: dict[str, CaseCredential] = {}


class CaseFile(Struct, frozen=True):
    """A whole file; each case stays raw, so that one that can't be understood fails by itself."""

    cases: list[msgspec.Raw]
    defaults: dict[str, Any] = {}
    default_credentials: dict[str, CaseCredential] = {}
    blocking_flags: list[str] | None = None

    def rules_of(self, case: Case) -> dict[str, Any]:
        """The file's rules with the case's own over them."""
        blocking = {} if self.blocking_flags is None else {"blocking_flags": self.blocking_flags}
        return {**self.defaults, **blocking, **case.rules}

    def credentials_of(self, case: Case) -> dict[str, Credential]:
        """The file's credentials with the case's own over them."""
        named = {**self.default_credentials, **case.credentials}
        return {name: credential.credential() for name, credential in named.items()}


def read_case_file(path: Path) -> tuple[CaseFile, list[Case]]:
    """Read a case file, and of each case what all kinds have. Raises SettingsError when it is not one."""
    try:
        file = read_json(path, CaseFile)
        return file, [_head(raw, place) for place, raw in enumerate(file.cases)]
    except msgspec.DecodeError as error:
        raise SettingsError(CentreTrouble.CASES_MALFORMED, path=path, why=error) from error


def _head(raw: msgspec.Raw, place: int) -> Case:
    try:
        return msgspec.json.decode(raw, type=Case)
    except msgspec.ValidationError as error:
        raise msgspec.ValidationError(f"cases[{place}]: {error}") from error


class EventsStep(Struct, frozen=True, tag_field="op", tag="events"):
    """Events arrive and everything is computed again."""

    events: list[CaseEvent] = []
    settle_at: Instant | None = None


class ApproveStep(Struct, frozen=True, tag_field="op", tag="approve"):
    """A reviewer approves what is pending; in bulk, only what carries no blocking flag."""

    by: str
    key: str | None = None
    bulk: bool = False
    note: str = ""


class RejectStep(Struct, frozen=True, tag_field="op", tag="reject"):
    """A reviewer rejects what is pending."""

    by: str
    key: str | None = None


class ReopenStep(Struct, frozen=True, tag_field="op", tag="reopen"):
    """Another person takes rejections back; everything is computed again."""

    by: str
    key: str | None = None


class RevokeStep(Struct, frozen=True, tag_field="op", tag="revoke"):
    """A credential turns out to be revoked since some moment."""

    cred: str
    at: Instant


class ActivitiesStep(Struct, frozen=True, tag_field="op", tag="activities"):
    """Master data of activities is corrected."""

    activities: dict[str, CaseActivity]


class LedgerCase(Case, frozen=True, kw_only=True):
    """Steps in, ledger entries out."""

    activities: dict[str, CaseActivity]
    steps: list[EventsStep | ApproveStep | RejectStep | ReopenStep | RevokeStep | ActivitiesStep]


class CaseLine(Struct, frozen=True, kw_only=True):
    """A line of the ledger as points are given for it."""

    act: str
    on: date = msgspec.field(name="date")
    t_s: int
    state: str
    vol: str = ""


class CaseExchange(Struct, frozen=True, kw_only=True):
    """An application for a gift; `review` is null while nobody decided."""

    id: str
    tier: str
    on: date = msgspec.field(name="date")
    review: str | None = None


class PointsInput(Struct, frozen=True):
    """Lines and applications of one volunteer."""

    lines: list[CaseLine]
    exchanges: list[CaseExchange] = []


class PointsCase(Case, frozen=True, kw_only=True):
    """Lines and exchanges in, points out."""

    input: PointsInput


class SecondsInput(Struct, frozen=True):
    """Some seconds, and the hours of the stars where they are asked for."""

    t_s: list[int]
    thresholds_h: list[int] | None = None


class SecondsCase(Case, frozen=True, kw_only=True):
    """Of the kinds display, display_sum and stars."""

    input: SecondsInput


class ValueInput(Struct, frozen=True):
    """T with what it is weighed by; absent weights are the rule set's."""

    t_s: int
    duty_pm: int | None = None
    effect_pm: int | None = None


class ValueCase(Case, frozen=True, kw_only=True):
    """T in, V out."""

    input: ValueInput


class EconomicInput(Struct, frozen=True):
    """T and what an hour would cost."""

    t_s: int
    rate_cents: int
    currency: str = ""


class EconomicCase(Case, frozen=True, kw_only=True):
    """T in, money out."""

    input: EconomicInput


class CaseTerminal(Struct, frozen=True):
    """What arrived from a terminal; `heartbeat` is null when it was never heard of."""

    received_seq: list[int] = []
    heartbeat: Instant | None = None


class ReadyInput(Struct, frozen=True):
    """When the activity closes, and its terminals."""

    closes_at: Instant
    terminals: dict[str, CaseTerminal]


class ReadyCase(Case, frozen=True, kw_only=True):
    """Terminals in, readiness out."""

    input: ReadyInput


class DeadlineInput(Struct, frozen=True):
    """A day, how many working days to count, and the calendar's exceptions."""

    ended_on: date
    days: int | None = None
    holidays: list[date] = []
    workdays: list[date] = []


class DeadlineCase(Case, frozen=True, kw_only=True):
    """A calendar in, the day of the deadline out."""

    input: DeadlineInput


class CaseRecord(Struct, frozen=True):
    """Approved seconds that an organisation recorded."""

    org: str
    t_s: int


class TransferInput(Struct, frozen=True):
    """A move between organisations."""

    documents: list[str]
    approved: list[CaseRecord] = []
    points: dict[str, int] = {}


class TransferCase(Case, frozen=True, kw_only=True):
    """A move in, whether it may go on out."""

    input: TransferInput


class IssuesInput(Struct, frozen=True):
    """Certificates in the order of issue, each by its issuer and year."""

    issues: list[tuple[str, int]]


class CertificateCase(Case, frozen=True, kw_only=True):
    """Issues in, numbers out."""

    input: IssuesInput


class NumbersInput(Struct, frozen=True):
    """Numbers that somebody asks about."""

    numbers: list[str]


class CertificateCheckCase(Case, frozen=True, kw_only=True):
    """Numbers in, whether each is one out."""

    input: NumbersInput


class ContentInput(Struct, frozen=True):
    """A certificate's time and fields, and what happened to the total afterwards."""

    t_s_at_issue: int
    fields: list[str]
    later_adjustment_s: int = 0


class CertificateContentCase(Case, frozen=True, kw_only=True):
    """A certificate in, whether it is whole and still true out."""

    input: ContentInput
