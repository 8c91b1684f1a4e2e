"""What a changed rule set would alter, computed from all evidence there is; nothing is written."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed, check_may
from settlement.ledger.entries import entries_of
from settlement.read_only import read_only
from settlement.rules.by_date import RulesByDate
from settlement.rules.comparison import Computed, LineChange, changed_rules, compare_lines
from settlement.rules.ledger import AdjustmentReason, Entry, EntryKind, EntryState, revise
from settlement.rules.points import ApprovedTime, points_earned
from settlement.rules.settle import LineKey
from settlement.rules.stars import stars
from settlement.settling.computation import VolunteerResult, compute
from settlement.settling.full_check import AT_ONCE, everybody


class ReplayedLine(Struct, frozen=True):
    """A line that would change, and the seconds that its approval would be adjusted by (0: nothing is)."""

    change: LineChange
    adjustment_s: int


class Replayed(Struct, frozen=True):
    """What it would come to, over everybody. Seconds of T; points of all years together.

    `before_s` and `after_s` are all lines as they are computed, `adjusted_s` what approved time would move
    by if the adjustments of the changed lines were approved; stars and points would follow that.
    """

    volunteers: int = 0
    changed_volunteers: int = 0
    changed_lines: int = 0
    before_s: int = 0
    after_s: int = 0
    adjustments: int = 0
    adjusted_s: int = 0
    stars_gained: int = 0
    stars_lost: int = 0
    points_before: int = 0
    points_after: int = 0

    def __add__(self, other: "Replayed") -> "Replayed":
        fields = self.__struct_fields__
        return Replayed(*(getattr(self, name) + getattr(other, name) for name in fields))


def replay(
    current: RulesByDate, proposed: RulesByDate, by: Actor, now_ms: int, tell: Callable[[ReplayedLine], None]
) -> Replayed:
    """Compute everybody by the rules as they hold and as they would; `tell` gets each line that differs.

    Who may put rules in force may try them; raises RulesError NOT_ALLOWED.

    Lines come by volunteer and key. `now_ms` is the time of settlement (UTC). The database is kept from being
    written to meanwhile.
    """
    check_may(by, Deed.APPLY_RULES)
    total = Replayed()
    with read_only():
        numbers = sorted(everybody())
        for first in range(0, len(numbers), AT_ONCE):
            total += _replay_some(numbers[first : first + AT_ONCE], current, proposed, now_ms, tell)
    return total


def _replay_some(
    numbers: Sequence[int],
    current: RulesByDate,
    proposed: RulesByDate,
    now_ms: int,
    tell: Callable[[ReplayedLine], None],
) -> Replayed:
    before = compute(numbers, current, now_ms).results
    after = compute(numbers, proposed, now_ms).results
    ledger: dict[int, list[Entry]] = defaultdict(list)
    for found in entries_of(numbers):
        ledger[int(found.entry.key.volunteer)].append(found.entry)
    changed = changed_rules(current.newest, proposed.newest)
    total = Replayed()
    for number in numbers:
        changes = list(compare_lines(_computed(before[number]), _computed(after[number]), changed))
        asked = _adjustments(ledger[number], after[number])
        adjustments = {change.key: asked[change.key] for change in changes if change.key in asked}
        for change in changes:
            tell(ReplayedLine(change, adjustments.get(change.key, 0)))
        total += Replayed(
            volunteers=1,
            changed_volunteers=bool(changes),
            changed_lines=len(changes),
            before_s=before[number].total_s,
            after_s=after[number].total_s,
        )
        total += _consequences(_approved(ledger[number]), adjustments, current, proposed)
    return total


def _computed(result: VolunteerResult) -> Computed:
    return Computed(result.lines, result.sessions)


def _adjustments(history: Sequence[Entry], result: VolunteerResult) -> dict[LineKey, int]:
    """What each approved line would be adjusted by; one that waits already would be superseded."""
    decided = [entry for entry in history if entry.state is not EntryState.PENDING]
    added = revise(decided, result.lines, AdjustmentReason.MASTER_DATA, result.emptied).added
    return {entry.key: entry.delta_s for entry in added if entry.kind is EntryKind.ADJUSTMENT}


def _approved(history: Iterable[Entry]) -> dict[LineKey, int]:
    approved: dict[LineKey, int] = {}
    for entry in history:
        if entry.state is EntryState.APPROVED:
            approved[entry.key] = approved.get(entry.key, 0) + entry.delta_s
    return approved


def _consequences(
    approved: Mapping[LineKey, int],
    adjustments: Mapping[LineKey, int],
    current: RulesByDate,
    proposed: RulesByDate,
) -> Replayed:
    """Stars and points of one volunteer before, and once every adjustment were approved."""
    adjusted = {key: t_s + adjustments.get(key, 0) for key, t_s in approved.items()}
    gained = stars(sum(adjusted.values()), proposed.newest.star_thresholds_h) - stars(
        sum(approved.values()), current.newest.star_thresholds_h
    )
    return Replayed(
        adjustments=len(adjustments),
        adjusted_s=sum(adjustments.values()),
        stars_gained=max(gained, 0),
        stars_lost=max(-gained, 0),
        points_before=_points(approved, current),
        points_after=_points(adjusted, proposed),
    )


def _points(approved: Mapping[LineKey, int], rules: RulesByDate) -> int:
    time = [ApprovedTime(key.activity, key.local_date, t_s) for key, t_s in approved.items()]
    return sum(points_earned(time, rules).values())
