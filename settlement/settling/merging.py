"""Two numbers of one person become one, and two again: an event each, by somebody and for a reason.

No evidence is touched: it is read for the number that was kept as long as the merge holds. Both numbers are
settled in the same transaction, so that no decision on what was before meets what is now.
"""

from collections.abc import Callable

from django.db import transaction

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.conflicts import again_on_conflict
from settlement.evidence.attribution import attribute_again, take_over
from settlement.ledger.booking import Computed, book
from settlement.ledger.entries import entries_of
from settlement.ledger.moved_hours import (
    Seconds,
    approved_since,
    carry_rejections,
    take_moved_hours,
    with_hands_of_both,
)
from settlement.look_up import volunteer_numbered
from settlement.merged_numbers import MergedNumbers, check_takes_new, merged_numbers
from settlement.models import MergedNumber, MergeTakenBack, Volunteer
from settlement.reach import check_entitled
from settlement.recognition.consequences import follow_approvals
from settlement.rule_book import rules_by_date
from settlement.rules.ledger import AdjustmentReason
from settlement.rules.settle import LineKey
from settlement.settling.computation import Computation, compute
from settlement.settling.preview import LinePreview, changed_lines
from settlement.settling.results import store_results
from settlement.signatures import check_not_own, reason_given
from settlement.troubles import DecisionTrouble

Previewed = dict[int, tuple[LinePreview, ...]]
"""By number, the lines whose seconds or remarks would be others."""


def merge_numbers(kept: int, gone: int, by: Actor, reason: str, now_ms: int) -> MergedNumber:
    """Let the person of the number `gone` go under `kept` from now on, with all that was ever recorded.

    What was approved for the gone number, and what the two had both, is reversed at once; what the kept one
    gains waits for a reviewer. Raises RulesError: NO_REASON, and those of `preview_merge`.
    """
    reason = reason_given(reason)

    def merge() -> MergedNumber:
        with transaction.atomic():
            _lock(kept, gone)
            _check_mergeable(kept, gone, by)
            held = merged_numbers()
            move = _Move((kept, gone), held, by, reason, now_ms)
            row = MergedNumber.objects.create(
                kept_id=kept, gone_id=gone, by=by.name, account_id=by.account, reason=reason, at_ms=now_ms
            )
            move.settle(lambda _: carry_rejections(gone, kept, now_ms), {})
            _note(Action.ENTER, gone, kept, Signed(by, now_ms, reason))
        return row

    return again_on_conflict(merge)


def take_merge_back(gone: int, by: Actor, reason: str, now_ms: int) -> MergedNumber:
    """Let a number that was merged stand for a person of its own again.

    What was approved for the kept number and is the other's is reversed at once; what that one gains waits
    for a reviewer. Raises RulesError: NO_REASON, and those of `preview_taking_back`.
    """
    reason = reason_given(reason)

    def take_back() -> MergedNumber:
        with transaction.atomic():
            _lock(merged_numbers().kept(gone), gone)
            row = _check_separable(gone, by)
            kept = row.kept_id
            move = _Move((kept, gone), merged_numbers(), by, reason, now_ms)
            MergeTakenBack.objects.create(
                merge=row, by=by.name, account_id=by.account, reason=reason, at_ms=now_ms
            )

            def carry(lines: set[LineKey]) -> None:
                known = lines.union(stored.entry.key for stored in entries_of([gone]))
                carry_rejections(kept, gone, now_ms, since_ms=row.at_ms, lines=known)

            move.settle(carry, approved_since(kept, row.at_ms))
            _note(Action.REMOVE, gone, kept, Signed(by, now_ms, reason))
        return row

    return again_on_conflict(take_back)


def preview_merge(kept: int, gone: int, by: Actor, now_ms: int) -> Previewed:
    """What a merge would make of the hours; nothing is written.

    Raises RulesError: SAME_NUMBER, UNKNOWN_VOLUNTEER, SELF_REVIEW, NOT_ALLOWED, OUT_OF_REACH, NUMBER_MERGED
    where either goes under another number, NUMBERS_MERGED_INTO_IT where others go under the one to go.
    """
    _check_mergeable(kept, gone, by)
    held = merged_numbers()
    return _preview((kept, gone), held, held.with_merge(kept, gone), now_ms)


def preview_taking_back(gone: int, by: Actor, now_ms: int) -> Previewed:
    """The same for taking a merge back.

    Raises RulesError: UNKNOWN_VOLUNTEER, NOT_MERGED, SELF_REVIEW, NOT_ALLOWED, OUT_OF_REACH.
    """
    row = _check_separable(gone, by)
    held = merged_numbers()
    return _preview((row.kept_id, gone), held, held.without(gone), now_ms)


class _Move:
    """Hours on their way between two numbers: `before` is what was, `settle` makes what is.

    Made before the change is stored, in its transaction: from here on nobody else settles or decides.
    """

    def __init__(
        self, numbers: tuple[int, int], held: MergedNumbers, by: Actor, reason: str, now_ms: int
    ) -> None:
        self._numbers, self._by, self._reason, self._now_ms = numbers, by, reason, now_ms
        take_over(numbers, now_ms)
        self._rules = rules_by_date()
        self._before = _seconds(compute(numbers, self._rules, now_ms, merged=held))

    def settle(self, carry: Callable[[set[LineKey]], None], gained: Seconds) -> None:
        """Bring results and ledger of both to what holds now; `carry` lets refusals go along.

        `gained` is what was approved by entries since the merge, where it ends.
        """
        # Events that name no activity may be for where the person is expected under the other number.
        attribute_again(self._now_ms)
        computed = compute(self._numbers, self._rules, self._now_ms)
        store_results(computed, self._rules, self._now_ms)
        now = _seconds(computed)
        taken = take_moved_hours(
            self._numbers,
            self._before,
            now,
            gained=gained,
            gone=merged_numbers().gone.intersection(self._numbers),
            by=self._by,
            reason=self._reason,
            rules=self._rules,
            now_ms=self._now_ms,
        )
        carry(set(now))
        booked = {
            number: Computed(
                with_hands_of_both(computed.results[number].lines, self._numbers),
                computed.results[number].sessions,
                AdjustmentReason.MERGED,
            )
            for number in sorted(self._numbers)
        }
        book(booked, self._rules, self._now_ms)
        follow_approvals(taken, self._now_ms)


def _seconds(computed: Computation) -> Seconds:
    return {line.key: line.t_s for result in computed.results.values() for line in result.lines}


def _preview(
    numbers: tuple[int, int], held: MergedNumbers, proposed: MergedNumbers, now_ms: int
) -> Previewed:
    rules = rules_by_date()
    before = compute(numbers, rules, now_ms, merged=held).results
    after = compute(numbers, rules, now_ms, merged=proposed).results
    return {number: changed_lines(before[number], after[number]) for number in numbers}


def _check_mergeable(kept: int, gone: int, by: Actor) -> None:
    if kept == gone:
        raise RulesError(DecisionTrouble.SAME_NUMBER, volunteer=kept)
    _check_may(by, kept, gone)
    check_takes_new(kept, gone)
    others = sorted(set(merged_numbers().numbers_of(gone)) - {gone})
    if others:
        raise RulesError(
            DecisionTrouble.NUMBERS_MERGED_INTO_IT, volunteer=gone, others=", ".join(map(str, others))
        )


def _check_separable(gone: int, by: Actor) -> MergedNumber:
    volunteer_numbered(gone)
    row = MergedNumber.objects.filter(gone=gone, taken_back=None).first()
    _check_may(by, *((gone,) if row is None else (row.kept_id, gone)))
    if row is None:
        raise RulesError(DecisionTrouble.NOT_MERGED, volunteer=gone)
    return row


def _check_may(by: Actor, *numbers: int) -> None:
    people = [volunteer_numbered(number) for number in numbers]
    for number in numbers:
        check_not_own(by, number)
    check_entitled(by, Deed.MERGE_PEOPLE, *people)


def _lock(*numbers: int) -> None:
    """Of one volunteer's hours, points and numbers one person decides at a time."""
    rows = Volunteer.objects.filter(number__in=numbers).order_by("number")
    list(rows.select_for_update(no_key=True).values_list("number"))


def _note(action: Action, gone: int, kept: int, signed: Signed) -> None:
    """A row for each number: where it went, or what came to it."""
    is_merge = action is Action.ENTER
    for number, field, other in ((gone, "merged_into", kept), (kept, "also_numbered", gone)):
        before, after = ({field: None}, {field: other}) if is_merge else ({field: other}, {field: None})
        note(action, Kind.VOLUNTEER, number, signed, before=before, after=after, volunteer=number)
