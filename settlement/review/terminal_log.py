"""One terminal's log as the centre holds it: its epochs, what is missing, and what speaks against it."""

from django.db.models import Count, Q
from msgspec import Struct

from foundation.errors import MessageError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.messages.quarantine import STRANGER
from settlement.models import Chain, Event, ForkEvidence, LogAlarm, Quarantine, Terminal
from settlement.reach import check_runs, check_whole
from settlement.review.completeness import MissingEvents, in_order, missing_of
from sync.contract import events
from sync.contract.events import Alarm

_EPOCHS = 20
_ALARMS = 20
_EPOCHS_READ = 3
_EVENTS_READ = 2_000
"""Alarms that a terminal told of are looked for among its last events: the cost stays that of a few."""
MOST_AT_ONCE = 20
"""Messages and contradictions of one page: each comes with its content."""


class OwnAlarm(Struct, frozen=True):
    """An alarm that the terminal wrote into its log; `detail` is in English, as it wrote it."""

    wall_ms: int | None
    code: str
    detail: str


class TerminalLog(Struct, frozen=True):
    """The newest epochs come first; `gaps` are all that is missing, in the log's order."""

    epochs: tuple[Chain, ...]
    more_epochs: int
    held: int
    gaps: tuple[MissingEvents, ...]
    alarms: tuple[LogAlarm, ...]
    own_alarms: tuple[OwnAlarm, ...]
    refused: int
    forks: int


def log_of(terminal: str) -> TerminalLog:
    """What is held of a terminal's log, by a fixed number of queries; whoever asks reaches the terminal."""
    rows = list(Chain.objects.filter(terminal=terminal).annotate(rivals=Count("forks")))
    chains = in_order(rows)
    return TerminalLog(
        epochs=tuple(reversed(chains[-_EPOCHS:])),
        more_epochs=max(0, len(chains) - _EPOCHS),
        held=sum(chain.contiguous for chain in chains),
        gaps=tuple(missing_of(chains)),
        alarms=tuple(LogAlarm.objects.filter(terminal=terminal).order_by("-pk")[:_ALARMS]),
        own_alarms=tuple(_own_alarms(chains)),
        refused=Quarantine.objects.filter(terminal=terminal).count(),
        forks=sum(row.rivals for row in rows),
    )


def refused_messages(by: Actor | None, terminal: Terminal, before: int = 0) -> tuple[list[Quarantine], bool]:
    """Messages in the terminal's name that were not taken, the newest first, and whether others follow.

    They may hold whatever somebody sent, so only who may judge the terminal's log reads them. Raises
    RulesError NOT_ALLOWED, OUT_OF_REACH.
    """
    check_runs(by, Deed.SETTLE_ALARM, terminal.site)
    return _messages(terminal.pk, before)


def messages_of_strangers(by: Actor | None, before: int = 0) -> tuple[list[Quarantine], bool]:
    """The same of whoever is not enrolled: of no site, so only an account of the whole tree reads them."""
    check_whole(Signed(by, 0), Deed.SETTLE_ALARM)
    return _messages(STRANGER, before)


def rival_events(by: Actor | None, terminal: Terminal) -> list[ForkEvidence]:
    """The newest events that claim the place of stored ones: of a clone, or of a card that was put back.

    Raises RulesError NOT_ALLOWED, OUT_OF_REACH.
    """
    check_runs(by, Deed.SETTLE_ALARM, terminal.site)
    rows = ForkEvidence.objects.filter(chain__terminal=terminal).select_related("chain")
    return list(rows.order_by("-pk")[:MOST_AT_ONCE])


def _messages(terminal: str, before: int) -> tuple[list[Quarantine], bool]:
    rows = Quarantine.objects.filter(terminal=terminal)
    found = list((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[: MOST_AT_ONCE + 1])
    return found[:MOST_AT_ONCE], len(found) > MOST_AT_ONCE


def _own_alarms(chains: list[Chain]) -> list[OwnAlarm]:
    if not chains:
        return []
    recent = Q()
    for chain in chains[-_EPOCHS_READ:]:
        recent |= Q(chain=chain, seq__gt=chain.contiguous - _EVENTS_READ)
    rows = Event.objects.filter(recent, kind="alarm").order_by("-received_ms", "-chain_id", "-seq")
    found: list[OwnAlarm] = []
    for row in rows[:_ALARMS]:
        try:
            event = events.decode(bytes(row.raw))
        except MessageError:
            continue  # what can't be read is told elsewhere
        if isinstance(event, Alarm):
            found.append(OwnAlarm(row.wall_ms, event.code, event.detail))
    return found
