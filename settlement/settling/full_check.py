"""Everything once more: is what is stored what the evidence, the master data and the rules come to?

Computes from the evidence alone, changes nothing, and tells every difference. Volunteers who wait for the
settler, or whom it settled meanwhile, are counted apart: of them nothing can be said.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from settlement.ledger.entries import entries_of
from settlement.merged_numbers import merged_numbers
from settlement.models import EventOutcome, LedgerEntry, Line, Session, Settled, Unsettled
from settlement.rule_book import rules_by_date
from settlement.rules.ledger import AdjustmentReason, Entry, revise
from settlement.settling.computation import VolunteerResult, compute, everybody_with_evidence
from settlement.settling.results import Rows, rows_of

AT_ONCE = 200

_Row = Session | Line | EventOutcome


class Checked(Struct, frozen=True):
    """How many volunteers were compared, and what that came to; of those who wait nothing was said."""

    volunteers: int
    differences: int
    waiting: int

    def __str__(self) -> str:
        told = f"{self.differences or 'no'} difference{'s' if self.differences > 1 else ''}"
        left_out = f" ({self.waiting} more wait for the settler)" if self.waiting else ""
        return f"checked {self.volunteers} volunteers: {told}{left_out}"


class _Table(Struct, frozen=True):
    """A table of results: what a row says, without its number."""

    name: str
    model: type[_Row]
    fields: tuple[str, ...]
    computed: Callable[[Rows], Sequence[_Row]]

    def stored(self, numbers: Sequence[int]) -> dict[int, list[str]]:
        """The rows of these volunteers as text, by volunteer."""
        found: dict[int, list[str]] = defaultdict(list)
        for row in self.model.objects.filter(volunteer__in=numbers):
            found[row.volunteer_id].append(self.said(row))
        return found

    def said(self, row: _Row) -> str:
        """What the row says, as text."""
        return msgspec.json.encode(
            [getattr(row, field) for field in self.fields], order="deterministic"
        ).decode()


_TABLES = (
    _Table(
        "session",
        Session,
        ("activity_id", "in_s", "out_s", "raw_s", "t_s", "line_date", "is_open", "flags", "trace",
         "in_event", "out_event"),
        lambda rows: rows.sessions,
    ),
    _Table("line", Line, ("activity_id", "local_date", "t_s", "flags"), lambda rows: rows.lines),
    _Table(
        "held event",
        EventOutcome,
        ("chain_id", "seq", "record_id", "activity", "at_s", "outcome"),
        lambda rows: rows.outcomes,
    ),
)  # fmt: skip


def check_everything(now_ms: int, tell: Callable[[str], None]) -> Checked:
    """Compare everybody who has evidence, a result or hours; `tell` gets a line for each difference."""
    numbers = sorted(everybody())
    differences = waiting = 0
    for first in range(0, len(numbers), AT_ONCE):
        portion = numbers[first : first + AT_ONCE]
        found = _check(portion, now_ms)
        for number, lines in found.items():
            differences += len(lines)
            for line in lines:
                tell(f"volunteer {number}: {line}")
        waiting += len(portion) - len(found)
    return Checked(len(numbers) - waiting, differences, waiting)


def everybody() -> set[int]:
    """Every volunteer who has evidence, a result or hours."""
    return {
        *everybody_with_evidence(),
        *Settled.objects.values_list("volunteer__number", flat=True),
        *LedgerEntry.objects.order_by().values_list("volunteer__number", flat=True).distinct(),
    }


def _check(numbers: Sequence[int], now_ms: int) -> dict[int, list[str]]:
    """The differences of those of these volunteers of whom something can be said."""
    waiting, before = _waiting(numbers, now_ms), _digests(numbers)
    computed = compute(numbers, rules_by_date(), now_ms)
    stored = [table.stored(numbers) for table in _TABLES]
    ledger: dict[int, list[Entry]] = defaultdict(list)
    for found in entries_of(numbers):
        ledger[int(found.entry.key.volunteer)].append(found.entry)
    after = _digests(numbers)
    waiting |= _waiting(numbers, now_ms)
    return {
        number: [
            *(() if number in after else ("was never settled",)),
            *_compare_results(
                number, [of_table.get(number, []) for of_table in stored], computed.results[number]
            ),
            *_compare_ledger(ledger[number], computed.results[number]),
        ]
        for number in numbers
        if number not in waiting and before.get(number) == after.get(number)
    }


def _waiting(numbers: Sequence[int], now_ms: int) -> set[int]:
    """Who has a mark, under whichever number, or an open session that time has closed since."""
    merged = merged_numbers()
    every = {own for number in numbers for own in merged.numbers_of(number)}
    marked = Unsettled.objects.filter(volunteer__in=every)
    due = Settled.objects.filter(volunteer__in=numbers, reconsider_ms__lte=now_ms)
    return {
        *(merged.kept(number) for number in marked.values_list("volunteer__number", flat=True)),
        *marked.values_list("volunteer__number", flat=True),
        *due.values_list("volunteer__number", flat=True),
    }


def _digests(numbers: Sequence[int]) -> Mapping[int, str]:
    return dict(Settled.objects.filter(volunteer__in=numbers).values_list("volunteer__number", "digest"))


def _compare_results(number: int, stored: Sequence[list[str]], result: VolunteerResult) -> Iterator[str]:
    rows = rows_of(number, result)
    for table, found in zip(_TABLES, stored, strict=True):
        computed = [table.said(row) for row in table.computed(rows)]
        yield from (f"{table.name} stored, not computed: {row}" for row in _less(found, computed))
        yield from (f"{table.name} computed, not stored: {row}" for row in _less(computed, found))


def _less(rows: Sequence[str], others: Sequence[str]) -> list[str]:
    """The rows that the others lack, as often as they lack them."""
    left = list(others)
    lacking: list[str] = []
    for row in sorted(rows):
        if row in left:
            left.remove(row)
        else:
            lacking.append(row)
    return lacking


def _compare_ledger(history: Sequence[Entry], result: VolunteerResult) -> Iterator[str]:
    """What the settler would still have to enter: approved and pending entries must come to the lines."""
    revision = revise(history, result.lines, AdjustmentReason.LATE_EVENT, result.emptied)
    for entry in revision.superseded:
        yield f"ledger: {entry.kind} {entry.rev} of {_line(entry.key)} is pending, and out of date"
    for added in revision.added:
        yield f"ledger: {added.kind} of {added.delta_s} s is missing in {_line(added.key)}"


def _line(key: tuple[str, str, object]) -> str:
    return f"{key[1]} on {key[2]}"
