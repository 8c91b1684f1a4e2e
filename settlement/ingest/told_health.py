"""Keeping what terminals tell of themselves: a row when something changed, so many an hour, for so many days.

States come unsigned, and the broker lets each terminal write its own only: they are told, and never evidence.
Nothing here may cost the line more than a few questions a second, whatever is said.
"""

import time
from dataclasses import dataclass

import msgspec
from django.db.models import Count, Max

from settlement.database.away import later_while_away
from settlement.downlink.served import EVERYBODY, Served
from settlement.models import Terminal, TerminalTold
from settlement.review.told_facts import Told, is_news, read_told, with_state, with_status
from sync.contract import wire
from sync.contract.events import NOT_DECODABLE
from sync.contract.wire import State

KEPT_MS = 90 * 86_400_000
MOST_ROWS = 2_000
"""Rows of one terminal."""
MOST_AN_HOUR = 12
"""New rows of one terminal; what changes more often changes its newest row."""
_HOUR_MS = 3_600_000
_MOST_WAITING = 20_000
_AT_ONCE = 100
_EVERY_S = 1.0
_PRUNED_EVERY_S = 3_600.0
_STATE_OF = wire.topic("state", "")


@dataclass(slots=True)
class _Heard:
    """What one terminal said since the last look: the newest state, when the first came, and how many."""

    state: State | None
    at_ms: int
    times: int


class ToldHealth:
    """Takes states as they come, and writes down once a second what they changed."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Heard] = {}
        self._known: dict[str, TerminalTold] = {}
        self._due_s = 0.0
        self._prune_due_s = 0.0
        self._served = EVERYBODY

    def note(self, topic: str, payload: bytes, now_ms: int) -> None:
        """Take a state; what can't be read says nothing. Asks no database."""
        try:
            state = msgspec.json.decode(payload, type=State)
        except NOT_DECODABLE:
            return
        terminal = topic.removeprefix(_STATE_OF)
        heard = self._waiting.get(terminal)
        if heard is not None:
            moved = heard.state is not None and heard.state.state is not state.state
            self._waiting[terminal] = _Heard(state, heard.at_ms, heard.times + moved)
        elif len(self._waiting) < _MOST_WAITING:
            self._waiting[terminal] = _Heard(state, now_ms, 1)

    def greeted(self, terminal: str, now_ms: int) -> None:
        """A terminal greeted: its versions may be others."""
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.setdefault(terminal, _Heard(None, now_ms, 1))

    def step(self, served: Served, now_ms: int) -> None:
        """Write down what changed, a part of it where it is much; a database that is away is asked later."""
        if time.monotonic() < self._due_s:
            return
        self._due_s = time.monotonic() + _EVERY_S
        if served != self._served:
            # Another listener may have written of those who come to this one.
            self._served = served
            self._known.clear()
        with later_while_away():
            if self._waiting:
                self._write()
            if served.leads and time.monotonic() >= self._prune_due_s:
                self._prune_due_s = time.monotonic() + _PRUNED_EVERY_S
                forget_old(now_ms)

    def _write(self) -> None:
        names = list(self._waiting)[:_AT_ONCE]
        rows = self._served.among(Terminal.objects.filter(pk__in=names, revoked_ms=None), "bucket")
        found = list(rows.select_related("status"))
        self._learn([row.pk for row in found if row.pk not in self._known])
        changed = [(row.pk, self._waiting[row.pk], news) for row in found if (news := self._news(row))]
        counted = _rows_since({name: heard.at_ms - _HOUR_MS for name, heard, _ in changed})
        added, moved = [], []
        for name, heard, news in changed:
            newest = self._known.get(name)
            told = msgspec.to_builtins(news)
            if newest is not None and counted.get(name, 0) >= MOST_AN_HOUR:
                newest.told, newest.times = told, newest.times + heard.times
                moved.append(newest)
            else:
                added.append(TerminalTold(terminal_id=name, at_ms=heard.at_ms, told=told, times=heard.times))
        TerminalTold.objects.bulk_update(moved, ["told", "times"])
        for row in TerminalTold.objects.bulk_create(added):
            self._known[row.terminal_id] = row
        for name in names:
            del self._waiting[name]

    def _learn(self, names: list[str]) -> None:
        """Read the newest rows of terminals that were not heard of since the start."""
        if names:
            newest = TerminalTold.objects.filter(terminal__in=names).values("terminal")
            pks = [row["newest"] for row in newest.annotate(newest=Max("pk"))]
            self._known |= {row.terminal_id: row for row in TerminalTold.objects.filter(pk__in=pks)}

    def _news(self, row: Terminal) -> Told | None:
        """What is known of a terminal now, where that is worth a row."""
        newest, heard = self._known.get(row.pk), self._waiting[row.pk]
        before = read_told(newest.told) if newest else Told()
        now = before if heard.state is None else with_state(before, heard.state)
        status = getattr(row, "status", None)
        now = with_status(now, status) if status else now
        return now if newest is None or heard.times > 1 or is_news(before, now) else None


def forget_old(now_ms: int) -> None:
    """Delete what is older than it is kept, and of each terminal what is more than it may fill."""
    TerminalTold.objects.filter(at_ms__lt=now_ms - KEPT_MS).exclude(pk__in=_newest()).delete()
    filled = TerminalTold.objects.values("terminal").annotate(rows=Count("pk")).filter(rows__gt=MOST_ROWS)
    for terminal in [row["terminal"] for row in filled]:
        rows = TerminalTold.objects.filter(terminal=terminal).order_by("-pk")
        last_kept = rows.values_list("pk", flat=True)[MOST_ROWS - 1]
        TerminalTold.objects.filter(terminal=terminal, pk__lt=last_kept).delete()


def _newest() -> list[int]:
    """The rows that say how terminals are now, however old."""
    return [row["newest"] for row in TerminalTold.objects.values("terminal").annotate(newest=Max("pk"))]


def _rows_since(since_ms: dict[str, int]) -> dict[str, int]:
    """How many rows each of these terminals got lately."""
    if not since_ms:
        return {}
    rows = TerminalTold.objects.filter(terminal__in=since_ms, at_ms__gt=min(since_ms.values()))
    return {row["terminal"]: row["rows"] for row in rows.values("terminal").annotate(rows=Count("pk"))}
