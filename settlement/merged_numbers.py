"""Which numbers are one person's: evidence of all of them counts for the one that was kept."""

from collections.abc import Collection, Mapping

from foundation.errors import RulesError
from settlement.look_up import check_not_erased
from settlement.models import MergedNumber, Volunteer
from settlement.one_reading import read_once
from settlement.troubles import DecisionTrouble


class MergedNumbers:
    """The merges that hold: each number that is gone, and the one that was kept of its person."""

    def __init__(self, kept_of: Mapping[int, int]) -> None:
        self._kept_of = dict(kept_of)

    def kept(self, number: int) -> int:
        """The number under which this one's person goes."""
        return self._kept_of.get(number, number)

    def is_gone(self, number: int) -> bool:
        """Whether its person goes under another number."""
        return number in self._kept_of

    @property
    def gone(self) -> frozenset[int]:
        """Every number that is no person's own any more."""
        return frozenset(self._kept_of)

    def numbers_of(self, number: int) -> tuple[int, ...]:
        """All numbers of this one's person, the kept one first."""
        kept = self.kept(number)
        return (kept, *sorted(gone for gone, into in self._kept_of.items() if into == kept))

    @property
    def every(self) -> frozenset[int]:
        """Every number that was merged, and every one that was kept."""
        return self.gone.union(self._kept_of.values())

    def counted_for(self, volunteers: Collection[int]) -> dict[int, int]:
        """The numbers whose rows count for one of these volunteers, and for whom; none for who is gone."""
        wanted = {number for number in volunteers if number not in self._kept_of}
        found = {number: number for number in wanted}
        found.update((gone, kept) for gone, kept in self._kept_of.items() if kept in wanted)
        return found

    def mark(self, mark: str) -> str:
        """What names a person in evidence: where that is a number, the kept one."""
        return str(self.kept(int(mark))) if mark.isascii() and mark.isdecimal() else mark

    def with_merge(self, kept: int, gone: int) -> "MergedNumbers":
        """The same with one merge more."""
        return MergedNumbers({**self._kept_of, gone: kept})

    def without(self, gone: int) -> "MergedNumbers":
        """The same once that number stands for itself again."""
        return MergedNumbers({number: kept for number, kept in self._kept_of.items() if number != gone})


@read_once
def merged_numbers() -> MergedNumbers:
    """The merges that hold now."""
    held = MergedNumber.objects.filter(taken_back=None)
    return MergedNumbers(dict(held.values_list("gone_id", "kept_id")))


def check_takes_new(*numbers: int) -> None:
    """Raise RulesError where one of these takes nothing new: NUMBER_MERGED, ALREADY_ERASED.

    What is new of somebody whose number was merged is for the kept one. What exists already is never moved:
    it counts for that as long as the merge holds.
    """
    gone = Volunteer.objects.filter(number__in=numbers, erased_ms__isnull=False).order_by("number").first()
    if gone is not None:
        check_not_erased(gone)
    held = MergedNumber.objects.filter(taken_back=None, gone__in=numbers).order_by("gone_id").first()
    if held is not None:
        raise RulesError(DecisionTrouble.NUMBER_MERGED, volunteer=held.gone_id, kept=held.kept_id)
