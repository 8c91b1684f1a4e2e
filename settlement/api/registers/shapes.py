"""What is told of terminals, activities, accounts, the audit, notices and moves; times are UTC ms."""

import datetime as dt
from typing import Any

from pydantic import Field

from settlement.accounts.actor import Level
from settlement.accounts.audit import Action, Kind
from settlement.api.shapes import Asked, Number, Shape
from settlement.records.disputes import LONGEST_TEXT
from settlement.rules.evidence import Direction


class TerminalTold(Shape):
    """How one terminal is."""

    id: str
    site: str
    site_name: str
    revoked_ms: int | None
    is_in_trouble: bool
    is_silent: bool
    heard_ms: int | None
    clock: str
    software: str
    unsent: int = Field(description="Events that it says it has yet to send.")
    lacking: int = Field(description="Events that it has told of and that have not come.")
    alarms: int
    roster: int | None
    newest_roster: int | None
    settings: int | None
    newest_settings: int | None
    certificate_days: int | None


class Terminals(Shape):
    """A page of terminals, those in trouble first."""

    items: list[TerminalTold]
    next: str | None


class ActivityTold(Shape):
    """An activity; the shift is the one that runs or comes next."""

    id: str
    title: str
    site: str
    zone: str
    organisation: str
    phase: str
    start_ms: int | None
    end_ms: int | None
    expected: int


class Activities(Shape):
    """A page of activities, by id."""

    items: list[ActivityTold]
    next: str | None


class AccountTold(Shape):
    """Who may act, and where."""

    number: int
    login: str
    name: str
    level: Level
    roles: list[str]
    path: str
    organisation: str
    volunteer: int | None
    created_ms: int
    ended_ms: int | None
    last_log_in_ms: int | None
    has_second_factor: bool
    has_password: bool
    invited_until_ms: int | None


class Accounts(Shape):
    """A page of accounts, by login."""

    items: list[AccountTold]
    next: str | None


class AuditRow(Shape):
    """One row of the audit; `before` and `after` are null where nothing is kept of them."""

    number: int
    at_ms: int
    name: str
    login: str
    action: Action
    kind: Kind
    subject: str
    fields: list[str]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str
    request: str = Field(description="Shared by whatever one click or call did.")


class AuditRows(Shape):
    """A page of the audit, the latest first."""

    items: list[AuditRow]
    next: str | None


class NoticeTold(Shape):
    """A published notice; names stand masked in it."""

    number: int
    title: str
    year: int
    organisation: str = Field(description="The branch that it is about; empty for all.")
    published_ms: int
    columns: list[str]
    rows: list[list[str | int]] = Field(description="None of a notice that was withdrawn.")
    withdrawn_ms: int | None = None
    withdrawn_because: str = ""


class Notices(Shape):
    """A page of notices, the latest first."""

    items: list[NoticeTold]
    next: str | None


class TransferTold(Shape):
    """A move from one organisation to another."""

    number: int
    volunteer: int
    origin: str
    destination: str
    state: str
    has_letter: bool
    requested_ms: int
    released_ms: int | None
    ended_ms: int | None


class Transfers(Shape):
    """A page of moves, the latest first."""

    items: list[TransferTold]
    next: str | None


class HandEntered(Asked):
    """A time that no terminal tells."""

    volunteer: Number
    activity: str = Field(min_length=1, max_length=40)
    direction: Direction
    at_ms: int = Field(ge=0, le=4_102_444_800_000)
    reason: str = Field(max_length=300)


class ObjectionRaised(Asked):
    """What somebody says against a line, or against there being none."""

    volunteer: Number
    activity: str = Field(min_length=1, max_length=40)
    local_date: dt.date
    objection: str = Field(max_length=LONGEST_TEXT)


class TakenDown(Shape):
    """The number of what waits in the inbox now."""

    number: int
