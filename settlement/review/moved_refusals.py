"""What was rejected of one line and comes back in another, by times that count instead of it (S15)."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from settlement.evidence.replaced import names_replaced
from settlement.ledger.entries import StoredEntry, booked_sessions, read_entries
from settlement.models import LedgerEntry
from settlement.rules.flags import Flag
from settlement.rules.ledger import EntryState
from settlement.rules.rejection import Refused, Rejection, standing_rejections
from settlement.rules.settle import LineKey

_BY_HAND = "manual/"


class Moved(Struct, frozen=True):
    """What stands against waiting lines because of others, and the entries of those others."""

    against: dict[LineKey, Refused]
    histories: tuple[StoredEntry, ...]


def moved_refusals(waiting: Sequence[StoredEntry]) -> Moved:
    """The rejections of other lines whose evidence a waiting line has under another activity or date."""
    by_hand = [one for one in waiting if one.entry.delta_s > 0 and Flag.MANUAL in one.entry.flags]
    replaced = _replaced_in(by_hand)
    rejected = LedgerEntry.objects.filter(
        volunteer__in={int(one.entry.key.volunteer) for one in by_hand if replaced.get(one.pk)},
        review__state=EntryState.REJECTED,
        reopening=None,
    )
    evidence = {row.pk: _events_of(row) for row in rejected}
    if not evidence:
        return Moved({}, ())
    lines = _histories(rejected)
    against = {}
    for one in by_hand:
        standing = [
            (pk, rejection)
            for key, history in lines.items()
            if key != one.entry.key and key.volunteer == one.entry.key.volunteer
            for pk, rejection in _standing(history)
        ]
        own = [rejection for pk, rejection in standing if evidence.get(pk, set()) & replaced[one.pk]]
        if own:
            against[one.entry.key] = _refused(one, own)
    return Moved(against, tuple(stored for history in lines.values() for stored in history))


def _refused(waiting: StoredEntry, rejections: Sequence[Rejection]) -> Refused:
    refused_s = sum(abs(one.to_s - one.from_s) for one in rejections)
    again_s = min(waiting.entry.delta_s, refused_s)
    return Refused(
        rejections=tuple(rejections),
        again_s=again_s,
        by=frozenset().union(*(one.entry.decided_by for one in rejections)),
        new_s=waiting.entry.delta_s - again_s,
    )


def _replaced_in(entries: Sequence[StoredEntry]) -> dict[int, set[str]]:
    """By the entry's row, the names of what the records in its stays count instead of."""
    rows = LedgerEntry.objects.only("sessions").in_bulk([one.pk for one in entries])
    records = {
        pk: {int(name.removeprefix(_BY_HAND)) for name in _events_of(row) if name.startswith(_BY_HAND)}
        for pk, row in rows.items()
    }
    names = names_replaced({record for numbers in records.values() for record in numbers})
    return {
        pk: {name for record in numbers for name in names.get(record, ())} for pk, numbers in records.items()
    }


def _events_of(row: LedgerEntry) -> set[str]:
    return {name for stay in booked_sessions(row) for name in (stay.in_event, stay.out_event) if name}


def _histories(rejected: Iterable[LedgerEntry]) -> dict[LineKey, list[StoredEntry]]:
    """All entries of the lines of which something was rejected."""
    rows = list(rejected)
    found: dict[LineKey, list[StoredEntry]] = {}
    keys = {(row.volunteer_id, row.activity_id, row.local_date) for row in rows}
    of_them = LedgerEntry.objects.filter(
        volunteer__in={row.volunteer_id for row in rows}, activity__in={row.activity_id for row in rows}
    )
    for stored in read_entries(of_them):
        key = stored.entry.key
        if (int(key.volunteer), key.activity, key.local_date) in keys:
            found.setdefault(key, []).append(stored)
    return found


def _standing(history: Sequence[StoredEntry]) -> Iterable[tuple[int, Rejection]]:
    """The rejections of a line that stand, each with the row of its entry."""
    numbers = {id(one.entry): one.pk for one in history}
    standing, _ = standing_rejections(one.entry for one in history)
    return [(numbers[id(one.entry)], one) for one in standing if not one.entry.reopened]
