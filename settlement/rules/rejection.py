"""S15, S17: what people refused of a line, and whether a later entry brings it back.

A rejection refuses to let the line's approved time go from what it was to what the entry would have made of
it. It stands until an approval goes past it, or until another person reopens it.
"""

from collections.abc import Iterable, Sequence

import msgspec

from settlement.rules.ledger import Entry, EntryKind, EntryState
from settlement.rules.settle import LineKey


class Rejection(msgspec.Struct, frozen=True):
    """A rejected entry, and the way of the line's approved time that is refused by it still."""

    entry: Entry
    from_s: int
    to_s: int
    result_s: int
    """What the line would have had, had it been approved."""

    def again_s(self, from_s: int, to_s: int) -> int:
        """The seconds of this refusal that a step from the approved time to another holds, taken or given.

        What was refused to be added lies above the approved time, what was refused to be taken below it.
        """
        low, high = sorted((self.from_s, self.to_s))
        other_low, other_high = sorted((from_s, to_s))
        return max(0, min(high, other_high) - max(low, other_low))

    def left_by(self, approved_s: int) -> "Rejection | None":
        """What of it is left once the line has that much approved time; None where an approval went past."""
        if self.to_s > self.from_s:
            start_s = max(self.from_s, approved_s)
            is_left = start_s < self.to_s
        else:
            start_s = min(self.from_s, approved_s)
            is_left = start_s > self.to_s
        return msgspec.structs.replace(self, from_s=start_s) if is_left else None


class Refused(msgspec.Struct, frozen=True):
    """What stands against an entry that waits, because people rejected earlier results of its line."""

    rejections: tuple[Rejection, ...]
    """Those that stand, reopened ones included, the last one last."""
    again_s: int
    """Seconds that somebody refused and nobody reopened, and that the entry brings back."""
    by: frozenset[str]
    """What names those who refused them."""
    new_s: int
    """What the line would have beyond the result that was rejected last."""


def standing_rejections(history: Iterable[Entry]) -> tuple[tuple[Rejection, ...], int]:
    """The rejections of one line that stand, in the order of decision, and its approved seconds."""
    approved_s = 0
    standing: list[Rejection] = []
    for entry in sorted(history, key=lambda entry: (entry.kind is EntryKind.ADJUSTMENT, entry.rev)):
        if entry.state is EntryState.APPROVED:
            approved_s += entry.delta_s
            standing = [left for one in standing if (left := one.left_by(approved_s))]
        elif entry.state is EntryState.REJECTED:
            result_s = approved_s + entry.delta_s
            standing.append(Rejection(entry, approved_s, result_s, result_s))
    return tuple(standing), approved_s


def refused_in(entries: Iterable[Entry]) -> dict[LineKey, Refused]:
    """What stands against the pending entries among these; they must be all entries of their lines."""
    lines: dict[LineKey, list[Entry]] = {}
    for entry in entries:
        lines.setdefault(entry.key, []).append(entry)
    found = ((key, _refused(history)) for key, history in lines.items())
    return {key: refused for key, refused in found if refused is not None}


def _refused(history: Sequence[Entry]) -> Refused | None:
    pending = next((entry for entry in history if entry.state is EntryState.PENDING), None)
    standing, approved_s = standing_rejections(history)
    if pending is None or not standing:
        return None
    result_s = approved_s + pending.delta_s
    again = {
        one: seconds
        for one in standing
        if not one.entry.reopened and (seconds := one.again_s(approved_s, result_s))
    }
    return Refused(
        rejections=standing,
        again_s=max(again.values(), default=0),
        by=frozenset().union(*(one.entry.decided_by for one in again)),
        new_s=result_s - standing[-1].result_s,
    )
