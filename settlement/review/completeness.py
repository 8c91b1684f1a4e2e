"""How far the evidence of a site is whole: what its terminals have told of and is not here yet (S14)."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet
from msgspec import Struct

from foundation.errors import MessageError
from settlement.evidence.store import cursor_of
from settlement.models import Chain, Event, Site, Terminal
from settlement.rules.readiness import TerminalProgress
from sync.contract import events
from sync.contract.events import EpochEnd, EpochStart


class MissingEvents(Struct, frozen=True):
    """The events `first` to `last` of an epoch of a terminal's log."""

    epoch: str
    first: int
    last: int


class TerminalEvidence(Struct, frozen=True):
    """What has arrived of a terminal's log. Times are UTC milliseconds.

    The evidence is whole up to `complete_until_ms`; None where nothing can be said. `heard_ms` is when the
    terminal last told how far its log reaches.
    """

    terminal: str
    held: int
    missing: tuple[MissingEvents, ...]
    complete_until_ms: int | None
    heard_ms: int | None

    @property
    def progress(self) -> TerminalProgress:
        """The same as the rules count it, all epochs together."""
        lacking = sum(gap.last - gap.first + 1 for gap in self.missing)
        return TerminalProgress(self.held, self.held + lacking, self.heard_ms)


def complete_until_ms(terminals: Iterable[TerminalEvidence]) -> int | None:
    """Up to when the evidence of all these terminals is whole; None where one of them says nothing."""
    moments = [terminal.complete_until_ms for terminal in terminals]
    known = [moment for moment in moments if moment is not None]
    return min(known, default=None) if len(known) == len(moments) else None


def evidence_of(site: Site, *, working_since_ms: int = 0) -> list[TerminalEvidence]:
    """The terminals of a site, by name; those that were revoked before that moment are left out."""
    terminals = Terminal.objects.filter(site=site).exclude(revoked_ms__lt=working_since_ms)
    rows = terminals.order_by("id").select_related("status").prefetch_related("chains")
    starts = _epochs_before(Event.objects.filter(chain__terminal__site=site, kind="epoch_start", seq=1))
    return [_evidence(row, starts) for row in rows]


def _evidence(row: Terminal, before: Mapping[int, EpochEnd]) -> TerminalEvidence:
    chains = sorted(row.chains.all(), key=lambda chain: chain.pk)
    status = getattr(row, "status", None)
    heard_ms = status.hello_ms if status else None
    missing = [gap for chain in chains for gap in _gaps(chain)]
    missing += _gaps_between(chains, [before[chain.pk] for chain in chains if chain.pk in before])
    return TerminalEvidence(
        terminal=row.id,
        held=sum(chain.contiguous for chain in chains),
        missing=tuple(missing),
        complete_until_ms=_last_before_a_gap(chains, missing) if missing else heard_ms,
        heard_ms=heard_ms,
    )


def _gaps(chain: Chain) -> list[MissingEvents]:
    """What the terminal has told of in this epoch, and is not here."""
    gaps: list[MissingEvents] = []
    expected = chain.contiguous + 1
    for first, last in cursor_of(chain).held:
        gaps.append(MissingEvents(chain.epoch, expected, first - 1))
        expected = last + 1
    if expected <= chain.head:
        gaps.append(MissingEvents(chain.epoch, expected, chain.head))
    return gaps


def _gaps_between(chains: list[Chain], ends: list[EpochEnd]) -> list[MissingEvents]:
    """What an epoch says of the one before it: a tail, or a whole epoch, of which nothing was told since."""
    heads = {chain.epoch: chain.head for chain in chains}
    return [
        MissingEvents(end.epoch, heads.get(end.epoch, 0) + 1, end.seq)
        for end in ends
        if heads.get(end.epoch, 0) < end.seq
    ]


def _last_before_a_gap(chains: list[Chain], missing: list[MissingEvents]) -> int | None:
    """When the last event was written that nothing is missing before, as far as its clock can be believed."""
    gapped = {gap.epoch for gap in missing}
    whole_until: int | None = None
    for chain in chains:
        trusted = Event.objects.filter(chain=chain, seq__lte=chain.contiguous, clock_doubtful=False)
        last_ms = trusted.order_by("-seq").values_list("wall_ms", flat=True).first()
        whole_until = last_ms if last_ms is not None else whole_until
        if chain.epoch in gapped:
            return whole_until
    return None


def _epochs_before(starts: QuerySet[Event]) -> dict[int, EpochEnd]:
    """The end of the epoch before, by the chain whose first event names it."""
    ends: dict[int, EpochEnd] = {}
    for chain, raw in starts.values_list("chain_id", "raw"):
        try:
            event = events.decode(bytes(raw))
        except MessageError:
            continue
        if isinstance(event, EpochStart) and event.previous is not None:
            ends[chain] = event.previous
    return ends
