"""Finding the activity of events whose terminal named none, from what is entered by now."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from settlement.evidence.event_times import Clocks
from settlement.evidence.judge import Judgement
from settlement.look_up import has_been_archived, portions
from settlement.merged_numbers import merged_numbers
from settlement.models import Activity, Assignment, NamedActivity, RowKey, Terminal, UnnamedActivity
from settlement.rule_book import rules_by_date
from settlement.rules import evidence as rules
from settlement.rules.unnamed import Found, Way, find_activity


@dataclass(frozen=True, slots=True)
class UnnamedEvent:
    """An event that names no activity, of a known volunteer."""

    place: RowKey
    terminal: str
    volunteer: int
    judgement: Judgement
    received_ms: int


def find_activities(asked: Sequence[UnnamedEvent]) -> dict[RowKey, Found]:
    """Which activity of its terminal's site each of the events was for, at its corrected time.

    A time that nothing bounds counts as the terminal wrote it, as everywhere (S1).
    """
    if not asked:
        return {}
    said = _said({one.place for one in asked})
    places = _Places(asked)
    return {
        one.place: Found(activity, Way.PERSON)
        if (activity := said.get(one.place))
        else find_activity(*places.at(one))
        for one in asked
    }


def store_found(asked: Sequence[UnnamedEvent], found: Mapping[RowKey, Found]) -> set[int]:
    """Keep what was found; returns the volunteers of whom it is another than before."""
    held: dict[RowKey, tuple[int, str | None, str]] = {}
    chains = {chain for chain, _ in found}
    for seqs in portions({seq for _, seq in found}):
        for row in UnnamedActivity.objects.filter(chain__in=chains, seq__in=seqs):
            held[row.chain_id, row.seq] = (row.volunteer_id, row.activity_id, row.way)
    changed = []
    for one in asked:
        (chain, seq), (activity, way) = one.place, (found[one.place].activity, found[one.place].way)
        if held.get(one.place) != (one.volunteer, activity, way):
            now = {"volunteer_id": one.volunteer, "activity_id": activity, "way": way}
            changed.append(UnnamedActivity(chain_id=chain, seq=seq, **now))
    UnnamedActivity.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["chain", "seq"],
        update_fields=["volunteer", "activity", "way"],
    )
    return {row.volunteer_id for row in changed}


def found_before(volunteers: Collection[int]) -> dict[RowKey, str]:
    """The activities that are stored for events of these volunteers."""
    rows = UnnamedActivity.objects.filter(volunteer__in=list(volunteers), activity__isnull=False)
    return {(chain, seq): name for chain, seq, name in rows.values_list("chain_id", "seq", "activity__id")}


def may_change(now_ms: int) -> dict[int, list[int]]:
    """By chain, the events whose activity may turn out to be another one: until that is archived."""
    rows = UnnamedActivity.objects.exclude(way=Way.PERSON).filter(~has_been_archived("activity", now_ms))
    by_chain: dict[int, list[int]] = defaultdict(list)
    for chain, seq in rows.order_by("chain_id", "seq").values_list("chain_id", "seq"):
        by_chain[chain].append(seq)
    return by_chain


class _Places:
    """What was going on at the sites of some terminals, and how their clocks went."""

    def __init__(self, asked: Sequence[UnnamedEvent]) -> None:
        terminals = Terminal.objects.filter(id__in={one.terminal for one in asked})
        self._sites = dict(terminals.values_list("id", "site__code"))
        self._activities: dict[str, list[rules.Activity]] = defaultdict(list)
        there = Activity.objects.filter(site__in=set(self._sites.values())).order_by("id")
        for row in there.prefetch_related("phases"):
            phases = [(phase.phase, phase.from_ms // 1000) for phase in row.phases.all()]
            executing = rules.executing_intervals(phases)
            self._activities[row.site_id].append(rules.Activity(id=row.id, executing=executing))
        self._expected: dict[int, set[str]] = defaultdict(set)
        # A person is expected under each of the own numbers.
        self._merged = merged_numbers()
        numbers = {number for one in asked for number in self._merged.numbers_of(one.volunteer)}
        expected = Assignment.objects.filter(
            volunteer__in=numbers, activity__site__in=set(self._sites.values())
        )
        for number, activity in expected.values_list("volunteer__number", "activity__id"):
            self._expected[self._merged.kept(number)].add(activity)
        self._clocks = Clocks(rules_by_date())

    def at(self, one: UnnamedEvent) -> tuple[list[str], set[str]]:
        """What was executing at the event's site and moment, and where its volunteer is expected."""
        at_s = self._corrected_ms(one) // 1000
        there = self._activities[self._sites[one.terminal]]
        executing = [activity.id for activity in there if activity.is_executing(at_s)]
        return executing, self._expected[self._merged.kept(one.volunteer)]

    def _corrected_ms(self, one: UnnamedEvent) -> int:
        judgement = one.judgement
        if judgement.about_ms is not None:
            return judgement.about_ms
        wall_ms = judgement.wall_ms or 0
        if not judgement.clock_doubtful or judgement.mono_ms is None:
            return wall_ms
        clock = self._clocks.of(one.terminal, one.received_ms)
        measured = clock.offset(judgement.boot, judgement.mono_ms, wall_ms)
        return wall_ms + (measured[0] if measured else 0)


def _said(places: Collection[RowKey]) -> dict[RowKey, str]:
    """What people said of these events; the newest holds."""
    rows = NamedActivity.objects.filter(chain__in={chain for chain, _ in places}).order_by("pk")
    found = rows.values_list("chain_id", "seq", "activity__id")
    return {(chain, seq): name for chain, seq, name in found if (chain, seq) in places}
