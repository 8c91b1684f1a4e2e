"""How far the evidence of a site is whole: what its terminals have told of and is not here yet (S14)."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Least
from msgspec import Struct

from settlement.database.one_statement import Part, read_together
from settlement.evidence.store import cursors_of
from settlement.messages.acknowledgement import Cursor
from settlement.models import Chain, Event, LogAlarm, Site, Terminal
from settlement.rules.readiness import TerminalProgress
from sync.contract.spans import uncovered

_CHAIN = (
    "id", "terminal_id", "epoch", "contiguous", "head", "previous_epoch", "previous_seq", "oldest",
)  # fmt: skip


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
    return (
        logs_of(*read_together(*log_parts([site.code])))
        .get(site.code, NO_LOGS)
        .working_since(working_since_ms)
    )


class SiteLogs(Struct, frozen=True):
    """What has arrived of the logs of a site's terminals, each with when it was revoked (UTC ms)."""

    terminals: tuple[tuple[int | None, TerminalEvidence], ...] = ()

    def working_since(self, moment_ms: int) -> list[TerminalEvidence]:
        """Those that were not revoked before that moment, by name."""
        return [row for revoked, row in self.terminals if revoked is None or revoked >= moment_ms]


NO_LOGS = SiteLogs()


def log_parts(sites: Collection[str]) -> tuple[Part, Part, Part]:
    """What of the terminals at these sites is to be read together, for `logs_of`."""
    trusted = Event.objects.filter(clock_doubtful=False).order_by("-seq").values("wall_ms")
    # Times are taken of what is held without a gap, and up to where the logs of an alarm still agree.
    held = trusted.filter(chain=OuterRef("pk"), seq__lte=OuterRef("contiguous"))
    agreed = trusted.filter(
        chain__terminal=OuterRef("terminal"),
        chain__epoch=OuterRef("epoch"),
        seq__lte=Least(OuterRef("seq"), F("chain__contiguous")),
    )
    at = {"terminal__site__in": sites}
    return (
        (
            Terminal.objects.filter(site__in=sites),
            ("id", "site_id", "revoked_ms", "status__hello_ms", "status__said_ms"),
        ),
        (Chain.objects.filter(**at), (*_CHAIN, Subquery(held[:1]))),
        (
            LogAlarm.objects.filter(settled_ms=None, **at),
            ("pk", "terminal_id", "epoch", "seq", "first_ms", Subquery(agreed[:1])),
        ),
    )


def logs_of(
    terminals: Iterable[list[Any]], chains: Iterable[list[Any]], alarms: Iterable[list[Any]]
) -> dict[str, SiteLogs]:
    """The logs by their sites, of what was read for `log_parts`."""
    epochs: dict[str, list[_Epoch]] = defaultdict(list)
    for *row, held_ms in chains:
        chain = Chain(**dict(zip(_CHAIN, row, strict=True)))
        epochs[chain.terminal_id].append(_Epoch(chain, held_ms))
    doubts: dict[str, list[_Doubt]] = defaultdict(list)
    for pk, terminal, *row in sorted(alarms):
        doubts[terminal].append(_Doubt(pk, *row))
    found: dict[str, list[tuple[int | None, TerminalEvidence]]] = defaultdict(list)
    for terminal, site, revoked_ms, hello_ms, said_ms in sorted(terminals):
        whole = _evidence(terminal, epochs[terminal], doubts[terminal], hello_ms, said_ms)
        found[site].append((revoked_ms, whole))
    return {site: SiteLogs(tuple(rows)) for site, rows in found.items()}


class _Epoch(Struct, frozen=True):
    """An epoch, and when the last event was written that is held without a gap and can be dated."""

    chain: Chain
    held_ms: int | None


class _Doubt(Struct, frozen=True):
    """An open alarm: up to `seq` of `epoch` the logs agree, of which the last dated event is `agreed_ms`."""

    pk: int
    epoch: str
    seq: int
    first_ms: int
    agreed_ms: int | None


def _evidence(
    terminal: str,
    epochs: Sequence[_Epoch],
    alarms: Sequence[_Doubt],
    hello_ms: int | None,
    said_ms: int | None,
) -> TerminalEvidence:
    chains = in_order(one.chain for one in epochs)
    held_ms = {one.chain.epoch: one.held_ms for one in epochs}
    missing = missing_of(chains)
    whole_ms = _last_before(chains, held_ms, {gap.epoch for gap in missing})
    doubted_ms = _doubted_from(chains, held_ms, alarms)
    return TerminalEvidence(
        terminal=terminal,
        held=sum(chain.contiguous for chain in chains),
        missing=tuple(missing),
        complete_until_ms=_earliest(
            [said_ms, *([whole_ms] if missing else []), *([doubted_ms] if alarms else [])]
        ),
        heard_ms=hello_ms,
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


def _doubted_from(
    chains: list[Chain], held_ms: Mapping[str, int | None], alarms: Sequence[_Doubt]
) -> int | None:
    """The moment up to which every log in the terminal's name says the same, as far as one is known."""
    first: dict[str, _Doubt] = {}
    for alarm in alarms:
        if alarm.epoch and (alarm.epoch not in first or alarm.seq < first[alarm.epoch].seq):
            first[alarm.epoch] = alarm
    agreed_ms = {epoch: alarm.agreed_ms for epoch, alarm in first.items()}
    raised_ms = [alarm.first_ms for alarm in alarms if not alarm.epoch]
    known = [_last_before(chains, {**held_ms, **agreed_ms}, agreed_ms)] if agreed_ms else []
    return _earliest([*raised_ms, *known])


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


def _last_before(chains: list[Chain], dated_ms: Mapping[str, int | None], ends: Container[str]) -> int | None:
    """When the last event was written up to the first epoch, in order, of those where the log ends.

    `dated_ms` is the last dated event of each epoch; one without any leaves it at those before.
    """
    until_ms: int | None = None
    for chain in chains:
        found_ms = dated_ms.get(chain.epoch)
        until_ms = found_ms if found_ms is not None else until_ms
        if chain.epoch in ends:
            return until_ms
    return None
