"""How far the evidence of a site is whole: what its terminals have told of and is not here yet (S14)."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Prefetch
from msgspec import Struct

from settlement.evidence.store import cursors_of
from settlement.messages.acknowledgement import Cursor
from settlement.models import Chain, Event, LogAlarm, Site, Terminal
from settlement.rules.readiness import TerminalProgress
from sync.contract.spans import uncovered


class MissingEvents(Struct, frozen=True):
    """The events `first` to `last` of an epoch of a terminal's log.

    What the terminal has `purged` only the archive can bring.
    """

    epoch: str
    first: int
    last: int
    purged: bool = False


class TerminalEvidence(Struct, frozen=True):
    """What has arrived of a terminal's log. Times are UTC milliseconds.

    The evidence is whole up to `complete_until_ms`; None where nothing can be said. `heard_ms` is when we
    last heard how far its log reaches, `said_ms` when it said so. `open_alarms` are the numbers of
    those about its log that nobody settled yet: from `doubted_from_ms` on nobody knows what else it recorded.
    """

    terminal: str
    held: int
    missing: tuple[MissingEvents, ...]
    complete_until_ms: int | None
    heard_ms: int | None
    said_ms: int | None = None
    open_alarms: tuple[int, ...] = ()
    doubted_from_ms: int | None = None

    @property
    def progress(self) -> TerminalProgress:
        """The same as the rules count it, all epochs together."""
        lacking = sum(gap.last - gap.first + 1 for gap in self.missing)
        doubted = (self.doubted_from_ms or 0) if self.open_alarms else None
        return TerminalProgress(self.held, self.held + lacking, self.said_ms, doubted)


def complete_until_ms(terminals: Iterable[TerminalEvidence]) -> int | None:
    """Up to when the evidence of all these terminals is whole; None where one of them says nothing."""
    moments = [terminal.complete_until_ms for terminal in terminals]
    known = [moment for moment in moments if moment is not None]
    return min(known, default=None) if len(known) == len(moments) else None


def evidence_of(site: Site, *, working_since_ms: int = 0) -> list[TerminalEvidence]:
    """The terminals of a site, by name; those that were revoked before that moment are left out."""
    terminals = Terminal.objects.filter(site=site).exclude(revoked_ms__lt=working_since_ms)
    alarms = Prefetch("log_alarms", LogAlarm.objects.filter(settled_ms=None).order_by("pk"), "open_alarms")
    rows = terminals.order_by("id").select_related("status").prefetch_related("chains", alarms)
    return [_evidence(row, row.open_alarms) for row in rows]


def _evidence(row: Terminal, alarms: Sequence[LogAlarm]) -> TerminalEvidence:
    chains = in_order(row.chains.all())
    status = getattr(row, "status", None)
    said_ms = status.said_ms if status else None
    missing = missing_of(chains)
    whole_ms = _last_before(chains, {gap.epoch: gap.first - 1 for gap in reversed(missing)})
    doubted_ms = _doubted_from(chains, alarms)
    return TerminalEvidence(
        terminal=row.id,
        held=sum(chain.contiguous for chain in chains),
        missing=tuple(missing),
        complete_until_ms=_earliest(
            [said_ms, *([whole_ms] if missing else []), *([doubted_ms] if alarms else [])]
        ),
        heard_ms=status.hello_ms if status else None,
        said_ms=said_ms,
        open_alarms=tuple(alarm.pk for alarm in alarms),
        doubted_from_ms=doubted_ms,
    )


def missing_of(chains: list[Chain]) -> list[MissingEvents]:
    """What a terminal has told of in these epochs of its log, or between them, and is not here."""
    cursors = cursors_of(chains)
    missing = [gap for chain, cursor in zip(chains, cursors, strict=True) for gap in _gaps(chain, cursor)]
    return missing + _gaps_between(chains)


def in_order(rows: Iterable[Chain]) -> list[Chain]:
    """The epochs as the log opened them, whatever arrived first: each behind the one that it follows."""
    chains = sorted(rows, key=lambda chain: chain.pk)
    by_epoch = {chain.epoch: chain for chain in chains}
    ordered: dict[str, Chain] = {}
    for chain in chains:
        before = [chain]
        while (earlier := by_epoch.get(before[-1].previous_epoch)) and earlier.epoch not in ordered:
            if earlier in before:
                break  # no honest log: its alarm tells of it
            before.append(earlier)
        ordered.update({one.epoch: one for one in reversed(before) if one.epoch not in ordered})
    return list(ordered.values())


def _earliest(moments: Sequence[int | None]) -> int | None:
    """The first of them; None where one is not known."""
    known = [moment for moment in moments if moment is not None]
    return min(known, default=None) if len(known) == len(moments) else None


def _doubted_from(chains: list[Chain], alarms: Sequence[LogAlarm]) -> int | None:
    """The moment up to which every log in the terminal's name says the same, as far as one is known."""
    places: dict[str, int] = {}
    for alarm in alarms:
        if alarm.epoch:
            places[alarm.epoch] = min(alarm.seq, places.get(alarm.epoch, alarm.seq))
    raised_ms = [alarm.first_ms for alarm in alarms if not alarm.epoch]
    return _earliest([*raised_ms, *([_last_before(chains, places)] if places else [])])


def _gaps(chain: Chain, cursor: Cursor) -> list[MissingEvents]:
    """What the terminal has told of in this epoch, and is not here."""
    gaps: list[MissingEvents] = []
    for first, last in uncovered(chain.contiguous + 1, chain.head, cursor.held):
        if first < chain.oldest:
            gaps.append(MissingEvents(chain.epoch, first, min(last, chain.oldest - 1), purged=True))
        if last >= chain.oldest:
            gaps.append(MissingEvents(chain.epoch, max(first, chain.oldest), last))
    return gaps


def _gaps_between(chains: list[Chain]) -> list[MissingEvents]:
    """What an epoch says of the one before it: a tail, or a whole epoch, of which nothing was told since."""
    heads = {chain.epoch: chain.head for chain in chains}
    return [
        MissingEvents(chain.previous_epoch, heads.get(chain.previous_epoch, 0) + 1, chain.previous_seq)
        for chain in chains
        if chain.previous_epoch and heads.get(chain.previous_epoch, 0) < chain.previous_seq
    ]


def _last_before(chains: list[Chain], places: Mapping[str, int]) -> int | None:
    """When the last event was written that is not behind any of these places (the last good seq by epoch).

    As far as its clock can be believed.
    """
    until_ms: int | None = None
    for chain in chains:
        last = min(chain.contiguous, places.get(chain.epoch, chain.contiguous))
        trusted = Event.objects.filter(chain=chain, seq__lte=last, clock_doubtful=False)
        last_ms = trusted.order_by("-seq").values_list("wall_ms", flat=True).first()
        until_ms = last_ms if last_ms is not None else until_ms
        if chain.epoch in places:
            return until_ms
    return None
