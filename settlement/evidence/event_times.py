"""When events of doubtful clocks happened: a terminal's boots and anchors, taken from its own evidence.

What a terminal logged with a synchronised clock, and every clock anchor, says what UTC was at that moment of
its boot; `settlement.rules.dating` bounds everything else by that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog
from django.db.models import Max, Min, Q

from foundation.errors import MessageError, RulesError
from settlement.evidence.judge import is_absurd, is_doubtful
from settlement.models import Event
from settlement.rules.by_date import RulesByDate
from settlement.rules.dating import Anchor, Boot, Timeline, clock_offset
from sync.contract import events
from sync.contract.events import ClockAnchor

_logger = structlog.get_logger()


@dataclass(slots=True)
class _BootSeen:
    last_mono_ms: int = 0
    received_ms: int = 0
    anchors: list[Anchor] = field(default_factory=list)


class TerminalTime:
    """Dates any event of one terminal, by boot and monotonic time."""

    def __init__(self, terminal: str, drift_ppm: int) -> None:
        self._order: dict[str, int] = {}
        self._timeline: Timeline | None = None
        boots = _boots_of(terminal)
        if not boots:
            return
        self._order = {boot: place for place, boot in enumerate(boots)}
        seen = list(boots.values())
        try:
            self._timeline = Timeline(
                [Boot(boot.last_mono_ms, tuple(boot.anchors)) for boot in seen],
                received_ms=seen[-1].received_ms,
                drift_ppm=drift_ppm,
            )
        except RulesError as error:
            _logger.warning("clock_impossible", terminal=terminal, code=error.code)

    def offset(self, boot: str, mono_ms: int, wall_ms: int) -> tuple[int, int] | None:
        """Offset and error (ms) of an event's wall time, or None where nothing bounds it (S1)."""
        place = self._order.get(boot)
        if self._timeline is None or place is None:
            return None
        dated = self._timeline.date(place, mono_ms)
        return clock_offset(wall_ms, dated) if dated else None

    def anchors_around(self, boot: str, mono_ms: int) -> tuple[Anchor | None, Anchor | None]:
        """What `offset` rests on: the last that was known before that moment, and the first after it."""
        place = self._order.get(boot)
        if self._timeline is None or place is None:
            return None, None
        return self._timeline.anchors_around(place, mono_ms)


class Clocks:
    """The clocks of any terminals, each with its evidence read once."""

    def __init__(self, rules: RulesByDate) -> None:
        self._rules = rules
        self._known: dict[tuple[str, int], TerminalTime] = {}

    def of(self, terminal: str, received_ms: int) -> TerminalTime:
        """The clock of a terminal, for an event that arrived then."""
        drift_ppm = self._rules.at(received_ms // 1000).clock_drift_ppm
        if (terminal, drift_ppm) not in self._known:
            self._known[terminal, drift_ppm] = TerminalTime(terminal, drift_ppm)
        return self._known[terminal, drift_ppm]

    def offset(self, event: events.Event, received_ms: int) -> tuple[int | None, int | None]:
        """Offset and error (ms) with which an event goes into the rules (S1); None for what nobody knows."""
        if is_doubtful(event.clock):
            measured = self.of(event.terminal, received_ms).offset(event.boot, event.mono_ms, event.wall_ms)
            return measured or (None, None)
        if is_absurd(event.wall_ms, received_ms):
            # Its terminal vouches for a time that can't be: nobody does.
            return None, None
        return 0, event.clock.error_ms


def _boots_of(terminal: str) -> dict[str, _BootSeen]:
    """The terminal's boots in the order of its log. Of a boot's trusted events the first and last will do."""
    of_terminal = Event.objects.filter(chain__terminal=terminal).exclude(boot="")
    trusted = Q(clock_doubtful=False)
    boots: dict[str, _BootSeen] = {}
    wanted: set[tuple[int, int]] = set()
    rows = of_terminal.values("chain_id", "boot").annotate(
        first=Min("seq"),
        mono=Max("mono_ms"),
        received=Max("received_ms"),
        first_trusted=Min("seq", filter=trusted),
        last_trusted=Max("seq", filter=trusted),
    )
    for row in rows.order_by("chain_id", "first"):
        boot = boots.setdefault(row["boot"], _BootSeen())
        boot.last_mono_ms = max(boot.last_mono_ms, row["mono"] or 0)
        boot.received_ms = max(boot.received_ms, row["received"])
        wanted.update(
            (row["chain_id"], seq) for seq in (row["first_trusted"], row["last_trusted"]) if seq is not None
        )
    anchors = of_terminal.filter(kind="clock_anchor").values_list("raw", flat=True)
    ends = [_raw_at(chain, seq) for chain, seq in sorted(wanted)]
    for boot_id, anchor in _anchors([*map(bytes, anchors), *ends]):
        if boot_id in boots:
            boots[boot_id].anchors.append(anchor)
    return boots


def _raw_at(chain: int, seq: int) -> bytes:
    return bytes(Event.objects.values_list("raw", flat=True).get(chain=chain, seq=seq))


def _anchors(raws: Iterable[bytes]) -> Iterable[tuple[str, Anchor]]:
    """What each event proves about the time, by boot."""
    for raw in raws:
        try:
            event = events.decode(raw)
        except MessageError:
            continue
        if isinstance(event, ClockAnchor):
            yield event.boot, Anchor(event.mono_ms, event.true_ms, event.error_ms, event.source)
        elif event.clock.error_ms is not None:
            source = event.clock.source
            yield event.boot, Anchor(event.mono_ms, event.wall_ms, event.clock.error_ms, source)
