"""Saying who somebody was who came without being on a roster: only then does it count, and for whom."""

from contextlib import suppress
from enum import StrEnum

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from msgspec import Struct

from foundation.errors import MessageError, RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.conflicts import again_on_conflict
from settlement.evidence.attribution import attribute_again
from settlement.evidence.walk_ins import REFUSED
from settlement.look_up import volunteer_numbered
from settlement.master_data.organisations import join_organisation
from settlement.master_data.people import enter_credential, enter_volunteer
from settlement.models import Activity, Event, Organisation, Volunteer, WalkIn, WalkInDecision, WalkInKey
from settlement.name_search import named_like
from settlement.reach import Reach, check_entitled
from settlement.signatures import check_not_own, reason_given
from settlement.troubles import DecisionTrouble
from sync.contract import events
from sync.contract.events import Assurance, Manual, Method
from sync.contract.sealed_person import Person, open_person

_MOST_LIKE = 8


class Outcome(StrEnum):
    """What was decided."""

    MATCHED = "matched"
    REGISTERED = "registered"
    REFUSED = REFUSED


class WalkedIn(Struct, frozen=True):
    """What is known of a walk-in: the terminal's event, and who it is; None where no key opens it now."""

    event: Manual
    person: Person | None


def waiting_walk_ins(reach: Reach) -> QuerySet[WalkIn]:
    """Walk-ins at the terminals in reach of whom nobody has said who they were, the oldest first.

    Each with what its terminal's clock said: `wall_ms`.
    """
    event = Event.objects.filter(chain=OuterRef("chain"), seq=OuterRef("seq"))
    waiting = WalkIn.objects.filter(decision=None, chain__terminal__in=reach.terminals())
    return waiting.annotate(wall_ms=Subquery(event.values("wall_ms")[:1])).order_by("arrived_ms", "pk")


def opened(number: int, by: Actor) -> WalkedIn:
    """Who it is, for whoever may decide on it.

    Raises RulesError UNKNOWN_WALK_IN, NOT_ALLOWED, OUT_OF_REACH.
    """
    row = _waiting(number, by)
    raw = Event.objects.values_list("raw", flat=True).get(chain=row.chain_id, seq=row.seq)
    event = events.decode(bytes(raw))
    if not isinstance(event, Manual):
        raise RulesError(DecisionTrouble.UNKNOWN_WALK_IN)
    for private in WalkInKey.objects.order_by("-made_ms").values_list("private", flat=True):
        with suppress(MessageError):
            return WalkedIn(event, open_person(event.sealed, row.ref, bytes(private)))
    return WalkedIn(event, None)


def called_like(person: Person | None, reach: Reach) -> list[Volunteer]:
    """A few volunteers in reach who are called so."""
    if person is None:
        return []
    return list(
        reach.volunteers().filter(named_like(person.name), erased_ms=None).order_by("number")[:_MOST_LIKE]
    )


def match_to(number: int, volunteer: int, by: Actor, now_ms: int) -> None:
    """It was this volunteer: what their terminal wrote down counts for them from now on.

    Raises RulesError: UNKNOWN_WALK_IN, UNKNOWN_VOLUNTEER, SELF_REVIEW, NOT_ALLOWED, OUT_OF_REACH,
    ALREADY_ERASED, NUMBER_MERGED; then nothing is changed.
    """
    _decide(number, Outcome.MATCHED, volunteer_numbered(volunteer), Signed(by, now_ms))


def register(number: int, volunteer: int, name: str, by: Actor, now_ms: int) -> None:
    """It was somebody new: entered under that number, in the organisation that records the activity.

    Raises RulesError as `match_to` does, NUMBER_TAKEN, INVALID_VOLUNTEER, NAME_STRANGER.
    """
    signed = Signed(by, now_ms)
    with transaction.atomic():
        row = _waiting(number, by)
        if Volunteer.objects.filter(pk=volunteer).exists():
            raise RulesError(DecisionTrouble.NUMBER_TAKEN, volunteer=volunteer)
        entered = enter_volunteer(volunteer, name, signed)
        if home := _home(row, by):
            join_organisation(entered, home, signed)
        _decide(number, Outcome.REGISTERED, entered, signed)


def refuse(number: int, by: Actor, now_ms: int, reason: str) -> None:
    """It counts for nobody, and the reason stays on record.

    Raises RulesError: UNKNOWN_WALK_IN, NO_REASON, NOT_ALLOWED, OUT_OF_REACH.
    """
    _decide(number, Outcome.REFUSED, None, Signed(by, now_ms, reason_given(reason)))


def _waiting(number: int, by: Actor) -> WalkIn:
    row = WalkIn.objects.select_related("chain__terminal__site").filter(pk=number, decision=None).first()
    if row is None:
        raise RulesError(DecisionTrouble.UNKNOWN_WALK_IN)
    check_entitled(by, Deed.ENTER_PEOPLE, row.chain.terminal)
    return row


def _home(row: WalkIn, by: Actor) -> Organisation | None:
    """Where somebody new belongs: to whoever records the activity, else to whoever runs the site."""
    known = opened(row.pk, by)
    activity = Activity.objects.select_related("organisation").filter(pk=known.event.activity).first()
    return (activity.organisation if activity else None) or row.chain.terminal.site.organisation


def _decide(number: int, outcome: Outcome, volunteer: Volunteer | None, signed: Signed) -> None:
    by = signed.by
    if by is None:
        raise RulesError(DecisionTrouble.UNKNOWN_WALK_IN)

    def decide() -> None:
        with transaction.atomic():
            row = _waiting(number, by)
            if volunteer is not None:
                check_not_own(by, volunteer.number)
            WalkInDecision.objects.create(
                walk_in=row,
                outcome=outcome,
                volunteer=volunteer,
                reason=signed.reason,
                by=by.name,
                account_id=by.account,
                at_ms=signed.now_ms,
            )
            if volunteer is None:
                attribute_again(signed.now_ms)
            else:
                enter_credential(row.ref, volunteer, Method.MANUAL, Assurance.LOW, signed)

    again_on_conflict(decide)
