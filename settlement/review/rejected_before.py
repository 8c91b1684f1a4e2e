"""What was rejected of the lines that wait: by whom, why, and what is new since (S15, S17)."""

from collections.abc import Collection, Sequence

from msgspec import Struct

from settlement.ledger.entries import StoredEntry, booked_sessions, read_entries
from settlement.look_up import portions
from settlement.models import LedgerEntry
from settlement.review.moved_refusals import moved_refusals
from settlement.rules.ledger import EntryState, entry_id
from settlement.rules.rejection import Refused, refused_in
from settlement.rules.settle import LineKey


class RejectedBefore(Struct, frozen=True):
    """The last rejection that stands against an entry; `reopened_by` is empty while nobody took it back.

    `again_s` are seconds that the entry brings back although somebody refused them, `new_s` those beyond the
    rejected result. `new_stays` are stays that the rejected result did not hold, as UTC seconds.
    """

    entry: int
    by: str
    at_ms: int
    note: str
    reopened_by: str
    reopened_for: str
    again_s: int
    new_s: int
    new_stays: tuple[tuple[int | None, int | None], ...]


def lines_rejected_before(
    waiting: Sequence[StoredEntry], rejected: Collection[LineKey] | None = None
) -> dict[LineKey, Refused]:
    """What stands against the waiting entries: of their lines, or of what their times stand instead of.

    `rejected` are all lines of their activities of which something was rejected, where those were read.
    """
    own = refused_in(stored.entry for stored in _histories(waiting, rejected))
    return moved_refusals(waiting).against | own


def rejected_before(
    waiting: Sequence[StoredEntry], known: Sequence[StoredEntry] | None = None
) -> dict[LineKey, RejectedBefore]:
    """The same for people who look at them; `known` are all entries of their lines where those were read."""
    histories, moved = _histories(waiting) if known is None else known, moved_refusals(waiting)
    against = moved.against | refused_in(stored.entry for stored in histories)
    numbers = {entry_id(stored.entry): stored.pk for stored in (*moved.histories, *histories)}
    last = {key: numbers[entry_id(found.rejections[-1].entry)] for key, found in against.items()}
    waits = {stored.entry.key: stored.pk for stored in waiting}
    rows: dict[int, LedgerEntry] = {}
    for portion in portions([*last.values(), *(waits[key] for key in last)]):
        rows |= LedgerEntry.objects.select_related("review", "reopening").in_bulk(portion)
    return {key: _told(rows[number], rows[waits[key]], against[key]) for key, number in last.items()}


def _told(rejected: LedgerEntry, waiting: LedgerEntry, found: Refused) -> RejectedBefore:
    held = {(one.in_s, one.out_s) for one in booked_sessions(rejected)}
    stays = [(one.in_s, one.out_s) for one in booked_sessions(waiting)]
    reopening = getattr(rejected, "reopening", None)
    return RejectedBefore(
        entry=rejected.pk,
        by=rejected.review.by,
        at_ms=rejected.review.at_ms,
        note=rejected.review.note,
        reopened_by=reopening.by if reopening else "",
        reopened_for=reopening.reason if reopening else "",
        again_s=found.again_s,
        new_s=found.new_s,
        new_stays=tuple(stay for stay in stays if stay not in held),
    )


def _histories(
    waiting: Sequence[StoredEntry], rejected: Collection[LineKey] | None = None
) -> list[StoredEntry]:
    """All entries of those waiting lines of which something was rejected; a few queries for any number."""
    keys = {stored.entry.key for stored in waiting}
    known = _rejected_in({key.activity for key in keys}) if rejected is None else rejected
    concerned = keys.intersection(known)
    histories: list[StoredEntry] = []
    for volunteers in portions({int(key.volunteer) for key in concerned}):
        of_them = LedgerEntry.objects.filter(
            volunteer__in=volunteers, activity__in={key.activity for key in concerned}
        )
        histories += [stored for stored in read_entries(of_them) if stored.entry.key in concerned]
    return histories


def _rejected_in(activities: Collection[str]) -> set[LineKey]:
    rejected = LedgerEntry.objects.filter(review__state=EntryState.REJECTED)
    found: set[LineKey] = set()
    for portion in portions(activities):
        rows = rejected.filter(activity__in=portion).values_list(
            "volunteer__number", "activity__id", "local_date"
        )
        found |= {LineKey(str(number), activity, day) for number, activity, day in rows}
    return found
