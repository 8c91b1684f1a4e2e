"""Roll calls that inspectors signed at terminals become visits; in the transaction that stores the events."""

from collections.abc import Iterable

from foundation.errors import MessageError
from settlement.accounts.accounts import accounts_of_staff
from settlement.look_up import storable
from settlement.merged_numbers import merged_numbers
from settlement.models import Activity, Chain, InspectedPerson, InspectionVisit, Volunteer
from sync.contract import events
from sync.contract.events import RollCall, RollCalled

ROLL_CALLS = "roll_call"
"""The kind of the events that say so."""


def enter_roll_calls(chain: Chain, raws: Iterable[tuple[int, bytes]], now_ms: int) -> None:
    """Take these events of a chain down as visits to the terminal's site, each once.

    Whoever has several numbers is called by the one that is kept. A number that no volunteer has stays in the
    event alone.
    """
    for seq, raw in raws:
        try:
            event = events.decode(bytes(raw))
        except MessageError:
            continue  # it is stored, and a person looks at it
        if isinstance(event, RollCall) and event.terminal == chain.terminal_id:
            _enter(chain, seq, event, now_ms)


def _enter(chain: Chain, seq: int, event: RollCall, now_ms: int) -> None:
    inspector = storable(event.inspector)
    visit = InspectionVisit.objects.create(
        site=chain.terminal.site,
        terminal=chain.terminal,
        inspector=inspector,
        at_ms=event.wall_ms,
        entered_by=inspector,
        entered_account=accounts_of_staff({inspector}).get(inspector),
        entered_ms=now_ms,
        chain=chain,
        seq=seq,
        present=event.present,
        draws=event.draws,
    )
    called = _by_number(event.called)
    known = set(Volunteer.objects.filter(number__in=called).values_list("number", flat=True))
    here = set(
        Activity.objects.filter(
            site=visit.site, id__in={one.activity for one in called.values()}
        ).values_list("id", flat=True)
    )
    InspectedPerson.objects.bulk_create(
        InspectedPerson(
            visit=visit,
            volunteer_id=number,
            activity_id=one.activity if one.activity in here else None,
            seen=one.seen,
            remark=storable(one.remark) or None,
        )
        for number, one in called.items()
        if number in known
    )


def _by_number(called: Iterable[RollCalled]) -> dict[int, RollCalled]:
    """Each person once; who was seen by one of their numbers was seen."""
    merged = merged_numbers()
    people: dict[int, RollCalled] = {}
    for one in called:
        if one.volunteer.isdecimal():
            number = merged.kept(int(one.volunteer))
            if number not in people or one.seen:
                people[number] = one
    return people
