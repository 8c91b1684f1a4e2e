"""What the site board tells, as values: the page and its JSON show the same ones.

One site, one local day: whatever the size of the games, the board stays as large as a site.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db.models import F, Q, QuerySet, Sum
from msgspec import Struct

from settlement.authority.certificates import days_left
from settlement.explain.sentences import Step, Teller
from settlement.models import (
    Activity,
    Event,
    EventOutcome,
    EventStatus,
    ForkEvidence,
    Line,
    LogAlarm,
    Quarantine,
    Session,
    Site,
    Terminal,
    TlsCertificate,
    Unsettled,
)
from settlement.reach import Reach
from settlement.rules.hours import display_hours


class Stay(Struct, frozen=True):
    """One session: from when to when (UTC seconds), by which events, and why it counts what it counts."""

    in_s: int | None
    out_s: int | None
    in_event: str
    out_event: str
    presence_s: int
    seconds: int
    is_open: bool
    flags: list[str]
    steps: list[Step]


class BoardLine(Struct, frozen=True):
    """What one volunteer earned in one activity that day; `seconds` is T, `steps` says why in words."""

    volunteer: int
    name: str
    activity: str
    title: str
    seconds: int
    hours: str
    is_open: bool
    flags: list[str]
    steps: list[str]
    sessions: list[Stay]


class Present(Struct, frozen=True):
    """Somebody who is on site now, since `since_s` (UTC seconds)."""

    volunteer: int
    name: str
    title: str
    since_s: int


class Uncounted(Struct, frozen=True):
    """A scan that entered no session, and why."""

    volunteer: int
    name: str
    at_s: int
    event: str
    outcome: str
    text: str


class EvidenceState(StrEnum):
    """Whether all that a terminal has told of is here."""

    COMPLETE = "complete"
    MISSING = "missing"
    DOUBTED = "doubted"
    """Two logs speak in its name, and nobody has settled which is which."""
    SILENT = "silent"
    """It has never said how far its log reaches."""


class TerminalRow(Struct, frozen=True):
    """How complete the evidence of a terminal is.

    `alarms` are the codes of those about its log that are open. `certificate_days` are left of its newest
    certificate, None where this centre issued it none; `certificate_warning` says that they are few.
    """

    terminal: str
    state: EvidenceState
    held: int
    missing: int
    unsent: int
    heard_ms: int | None
    clock: str
    needs_review: int
    refused: int
    forks: int
    alarms: list[str]
    certificate_days: int | None = None
    certificate_warning: bool = False


class Board(Struct, frozen=True):
    """The board of a site on a local day; `waiting` volunteers have evidence that is not settled yet."""

    site: str
    name: str
    zone: str
    date: dt.date
    present: list[Present]
    lines: list[BoardLine]
    uncounted: list[Uncounted]
    terminals: list[TerminalRow]
    total_s: int
    hours: str
    waiting: int


def load_board(site: Site, day: dt.date, teller: Teller, reach: Reach) -> Board:
    """Read the board of a site, as far as a reader sees it; `teller` says the rules in the own language."""
    shown = reach.activities_at(site)
    lines = _lines(shown, day, teller)
    total_s = sum(line.seconds for line in lines)
    return Board(
        site=site.code,
        name=site.name,
        zone=site.zone,
        date=day,
        present=_present(shown),
        lines=lines,
        uncounted=_uncounted(site, day, teller, reach),
        terminals=_terminals(site),
        total_s=total_s,
        hours=display_hours(total_s),
        waiting=Unsettled.objects.count(),
    )


def local_today(site: Site, now_ms: int) -> dt.date:
    """The date at the site."""
    return dt.datetime.fromtimestamp(now_ms // 1000, ZoneInfo(site.zone)).date()


def _present(shown: QuerySet[Activity]) -> list[Present]:
    rows = Session.objects.filter(activity__in=shown, is_open=True, in_s__isnull=False)
    columns = ("volunteer__number", "volunteer__display_name", "activity__title", "in_s")
    return [
        Present(number, name, title, since_s)
        for number, name, title, since_s in rows.order_by("in_s", "volunteer").values_list(*columns)
        if since_s is not None
    ]


def _lines(shown: QuerySet[Activity], day: dt.date, teller: Teller) -> list[BoardLine]:
    """The sessions of the day by volunteer and activity; training and travel have sessions and no T."""
    earned = {
        (row.volunteer_id, row.activity_id): row.t_s
        for row in Line.objects.filter(activity__in=shown, local_date=day)
    }
    grouped: dict[tuple[int, str], list[Session]] = defaultdict(list)
    rows = Session.objects.filter(activity__in=shown, line_date=day).select_related("volunteer", "activity")
    for row in rows.order_by("volunteer__number", "activity", "pk"):
        grouped[row.volunteer_id, row.activity_id].append(row)
    return [_line(sessions, earned.get(key, 0), teller) for key, sessions in grouped.items()]


def _line(sessions: list[Session], seconds: int, teller: Teller) -> BoardLine:
    stays = [
        Stay(
            in_s=row.in_s,
            out_s=row.out_s,
            in_event=row.in_event,
            out_event=row.out_event,
            presence_s=row.raw_s,
            seconds=row.t_s,
            is_open=row.is_open,
            flags=row.flags,
            steps=teller.steps(row.in_s, row.out_s, row.raw_s, row.trace, row.t_s),
        )
        for row in sessions
    ]
    volunteer, activity = sessions[0].volunteer, sessions[0].activity
    return BoardLine(
        volunteer=volunteer.number,
        name=volunteer.display_name,
        activity=activity.id,
        title=activity.title,
        seconds=seconds,
        hours=display_hours(seconds),
        is_open=any(stay.is_open for stay in stays),
        flags=sorted({flag for stay in stays for flag in stay.flags}),
        steps=[step.text for stay in stays for step in stay.steps],
        sessions=stays,
    )


def _uncounted(site: Site, day: dt.date, teller: Teller, reach: Reach) -> list[Uncounted]:
    zone = ZoneInfo(site.zone)
    start = dt.datetime.combine(day, dt.time(), zone)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    that_day = EventOutcome.objects.filter(at_s__gte=int(start.timestamp()), at_s__lt=int(end.timestamp()))
    # Each has an index of its own; of either, the database would read all outcomes of the day.
    found = that_day.filter(activity__in=reach.activities_at(site).values("id")).values("pk")
    if reach.runs(site):
        found = found.union(that_day.filter(chain__terminal__site=site).values("pk"))
    told = EventOutcome.objects.filter(pk__in=found)
    rows = told.select_related("volunteer", "chain", "record")
    return [
        Uncounted(
            volunteer=row.volunteer_id,
            name=row.volunteer.display_name,
            at_s=row.at_s,
            event=row.source,
            outcome=row.outcome,
            text=teller.outcome(row.outcome),
        )
        for row in rows.order_by("at_s", "pk")
    ]


def _terminals(site: Site) -> list[TerminalRow]:
    here = Q(chain__terminal__site=site)
    review = Event.objects.filter(here, status=EventStatus.NEEDS_REVIEW)
    needs_review = Counter(review.values_list("chain__terminal__id", flat=True))
    forks = Counter(ForkEvidence.objects.filter(here).values_list("chain__terminal__id", flat=True))
    alarms: dict[str, list[str]] = defaultdict(list)
    for terminal, code in (
        LogAlarm.objects.filter(terminal__site=site, settled_ms=None)
        .order_by("pk")
        .values_list("terminal__id", "code")
    ):
        alarms[terminal].append(code)
    names = Terminal.objects.filter(site=site).values("id")
    refused = Counter(Quarantine.objects.filter(terminal__in=names).values_list("terminal", flat=True))
    rows = Terminal.objects.filter(site=site, revoked_ms=None).order_by("id").select_related("status")
    told = rows.annotate(
        held=Sum("chains__contiguous", default=0),
        missing=Sum(
            F("chains__head") - F("chains__contiguous"),
            filter=Q(chains__head__gt=F("chains__contiguous")),
            default=0,
        ),
    )
    found = [
        _terminal(
            row, row.held, row.missing, needs_review[row.id], refused[row.id], forks[row.id], alarms[row.id]
        )
        for row in told
    ]
    return _with_certificates(found)


def _with_certificates(rows: Sequence[TerminalRow]) -> list[TerminalRow]:
    """The same with how long each one's newest certificate holds."""
    issued: dict[str, list[TlsCertificate]] = defaultdict(list)
    for one in TlsCertificate.objects.filter(name__in=[row.terminal for row in rows]):
        issued[one.name].append(one)
    return [_with_certificate(row, issued[row.terminal]) for row in rows]


def _with_certificate(row: TerminalRow, issued: Sequence[TlsCertificate]) -> TerminalRow:
    if not issued:
        return row
    # Of one that is over none are left.
    days = max((days_left(one.not_after_ms) for one in issued if one.revoked_ms is None), default=0)
    few = days <= settings.CENTRE.authority.warning_days
    return msgspec.structs.replace(row, certificate_days=days, certificate_warning=few)


def _terminal(
    row: Terminal,
    held: int,
    missing: int,
    needs_review: int,
    refused: int,
    forks: int,
    alarms: list[str],
) -> TerminalRow:
    status = getattr(row, "status", None)
    spoke = EvidenceState.COMPLETE if status or held else EvidenceState.SILENT
    known = EvidenceState.DOUBTED if alarms else spoke
    state = EvidenceState.MISSING if missing else known
    return TerminalRow(
        terminal=row.id,
        state=state,
        held=held,
        missing=missing,
        unsent=status.unsent if status else 0,
        heard_ms=status.hello_ms if status else None,
        clock=status.clock_state if status else "",
        needs_review=needs_review,
        refused=refused,
        forks=forks,
        alarms=alarms,
    )
