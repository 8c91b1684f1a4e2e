"""Requests that become events: claims, corrections, manual entries; or why one can not. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from msgspec.structs import replace

from foundation.person_name import tidied
from kiosk.local_api.codes import DenialCode
from kiosk.local_api.requests import Answer, Cancel, EnterManually, LeaveInBulk, TellCentre, WalkIn
from kiosk.presence.forgotten_stay import is_over
from kiosk.presence.standing import UndoStep
from kiosk.presence.standings import Presence
from kiosk.roster.attendance import attended
from kiosk.roster.index import RosterIndex
from kiosk.staff import questions
from kiosk.staff.person_notes import PersonNote
from kiosk.storage.walk_ins import WalkIns
from sync.contract.events import (
    Assurance,
    Claim,
    Correction,
    Credential,
    Direction,
    Manual,
    Method,
    StaffMessage,
    is_in_time,
    is_walk_in,
)
from sync.contract.presence import Movement, is_in_after
from sync.contract.sealed_person import Person, draw_reference, seal_person
from sync.log.writer import Stamp

_AT_THE_SCREEN = "Taken back at the screen."


@dataclass(frozen=True, slots=True)
class Denial:
    """A request that can't be fulfilled; `code` names the sentence (`denied-…` in `foundation/words`)."""

    code: DenialCode
    name: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What a request is judged by: where, when, by whom (a staff reference, or ""), and who is here.

    The roster brings the numbers of the centre's rules as well (`RosterIndex.policy`).
    `activity` is what staff ordered this terminal to record for, or "". `note_of` is what a volunteer is to
    read, by their number.
    """

    terminal: str
    stamp: Stamp
    staff: str
    presence: Presence
    roster: RosterIndex
    activity: str = ""
    walk_ins: WalkIns = field(default_factory=partial(WalkIns, None))
    note_of: Callable[[str], PersonNote | None] = lambda _: None

    def name_of(self, volunteer: str) -> str:
        """What somebody is called, by the roster or today; "" where neither knows."""
        person = self.roster.person(volunteer)
        return person.name if person else self.walk_ins.name(volunteer)

    @property
    def moment(self) -> dict[str, Any]:
        """The fields that every event of this moment has."""
        return self.stamp.moment(self.terminal)


def claim(asked: Answer, shown: str, context: RequestContext) -> Claim | Denial:
    """The claim that an answer makes; `shown` is the question that the volunteers' screen shows."""
    forgotten = questions.find(asked.question, context.presence, context.stamp.wall_ms)
    if forgotten is None:
        return Denial(DenialCode.NO_SUCH_QUESTION)
    if not context.staff and asked.question != shown:
        return Denial(DenialCode.NOT_LOGGED_IN)
    bounds = questions.bounds_for(forgotten, context.roster)
    if bounds is None or not bounds.holds(asked.at_ms):
        return Denial(DenialCode.OUT_OF_BOUNDS)
    return Claim(
        **context.moment,
        credential=forgotten.credential,
        activity=forgotten.activity,
        direction=Direction.OUT,
        at_ms=asked.at_ms,
        earliest_ms=bounds.earliest_ms,
        latest_ms=bounds.latest_ms,
        # Staff who answer for themselves are the volunteer, not somebody who took it down.
        taken_by=context.staff if context.staff != forgotten.volunteer else "",
    )


def correction(asked: Cancel, running_epoch: str, context: RequestContext) -> Correction | Denial:
    """The correction that takes an event back."""
    place = (asked.epoch or running_epoch, asked.seq)
    if context.presence.is_cancelled(place):
        return Denial(DenialCode.CANCEL_AGAIN)
    step = context.presence.step_at(place)
    if step is None:
        return Denial(DenialCode.CANCEL_UNKNOWN)
    if not context.staff and place != context.presence.last_accepted:
        return Denial(DenialCode.NOT_LOGGED_IN)
    if context.staff == step.volunteer:
        return Denial(DenialCode.OWN_TIME)
    if not context.presence.is_newest(step):
        return Denial(DenialCode.CANCEL_NEWEST_FIRST)
    reason = " ".join(asked.reason.split())
    if context.staff and not reason:
        return Denial(DenialCode.NO_REASON)
    made = _correction_of(step, reason or _AT_THE_SCREEN, context)
    return made if is_in_time(step.event, made) else Denial(DenialCode.CANCEL_TOO_LATE)


def manual(
    asked: EnterManually, second: str, context: RequestContext, *, is_new: bool = False
) -> Manual | Denial:
    """The manual entry that a staff member asks for and `second`, another, has signed (docs/rules.md S16).

    The time lies in the past, at most as long ago as a stay may last; what is older is entered at the centre.
    So is that of a suspended volunteer: their scans are refused here too. Who was in or out then is
    told as a scan of that moment would have been. Who walked in today is written down by their reference,
    which `is_new` where it was just drawn.
    """
    volunteer, now_ms = asked.volunteer, context.stamp.wall_ms
    reason = " ".join(asked.reason.split())
    if wrong_people := _wrong_people(volunteer, second, context, is_new=is_new):
        return wrong_people
    if not reason:
        return Denial(DenialCode.NO_REASON)
    if asked.at_ms > now_ms:
        return Denial(DenialCode.FUTURE_TIME)
    running = context.roster.activity_now(asked.at_ms, context.activity)
    standing, since_ms = context.presence.standing(volunteer), None
    activity = attended(volunteer, standing, running, asked.at_ms)
    if context.roster.is_too_long(activity.id if activity else "", asked.at_ms, now_ms):
        return Denial(DenialCode.TOO_LONG_AGO)
    if activity is None:
        return Denial(DenialCode.ACTIVITY_NOT_EXECUTING)
    if standing:
        # Who leaves leaves what they came for, whatever else goes on.
        leaves = context.roster.activity(standing.activity) if asked.direction == Direction.OUT else None
        came_for = leaves or activity
        if not is_over(standing, came_for, running.zone, running.policy, asked.at_ms):
            since_ms, activity = standing.since_ms, came_for
    if asked.direction == Direction.IN and since_ms is not None:
        return Denial(DenialCode.ALREADY_IN)
    if asked.direction == Direction.OUT and since_ms is not None and asked.at_ms < since_ms:
        return Denial(DenialCode.BEFORE_CHECK_IN)
    walked_in = is_walk_in(volunteer)
    return Manual(
        **context.moment,
        volunteer="" if walked_in else volunteer,
        walk_in=volunteer if walked_in else "",
        activity=activity.id,
        direction=asked.direction,
        at_ms=asked.at_ms,
        reason=reason,
        entered_by=context.staff,
        confirmed_by=second,
        on_break=asked.on_break and asked.direction == Direction.OUT,
    )


def walk_in(asked: WalkIn, second: str, context: RequestContext) -> Manual | Denial:
    """That somebody came whom the roster doesn't name, sealed for the centre under a reference drawn here."""
    name, key = name_in(asked), context.roster.roster.walk_in_key
    if not name:
        return Denial(DenialCode.NO_NAME)
    if not key:
        return Denial(DenialCode.NO_WALK_INS)
    reference = draw_reference()
    sealed = seal_person(Person(name, asked.telephone.strip()), reference, key)
    signed = (asked.reason, asked.second, asked.second_pin)
    entry = EnterManually(asked.request, reference, Direction.IN, asked.at_ms, *signed)
    made = manual(entry, second, context, is_new=True)
    return made if isinstance(made, Denial) else replace(made, sealed=sealed)


def name_in(asked: WalkIn) -> str:
    """The name as it is kept; "" for none."""
    return tidied(" ".join(asked.name.split()))


def message(asked: TellCentre, context: RequestContext) -> StaffMessage | Denial:
    """What staff write to the centre."""
    text = " ".join(asked.text.split())
    return StaffMessage(**context.moment, by=context.staff, text=text) if text else Denial(DenialCode.NO_TEXT)


def left(asked: LeaveInBulk, volunteer: str) -> EnterManually:
    """The same entry for one of them."""
    signed = (asked.reason, asked.second, asked.second_pin)
    return EnterManually(asked.request, volunteer, Direction.OUT, asked.at_ms, *signed)


def direction_of(event: Movement) -> Direction:
    """Whether an accepted event says that somebody came or left."""
    return Direction.IN if is_in_after(event) else Direction.OUT


def _wrong_people(volunteer: str, second: str, context: RequestContext, *, is_new: bool) -> Denial | None:
    """Why nothing can be written down of this volunteer, or not by these two."""
    if is_walk_in(volunteer):
        if not is_new and context.presence.standing(volunteer) is None:
            return Denial(DenialCode.NO_SUCH_VOLUNTEER)
        return Denial(DenialCode.SAME_PERSON) if second == context.staff else None
    person = context.roster.person(volunteer)
    if person is None:
        return Denial(DenialCode.NO_SUCH_VOLUNTEER)
    if person.suspended:
        return Denial(DenialCode.SUSPENDED)
    if volunteer in (context.staff, second):
        return Denial(DenialCode.OWN_TIME)
    return Denial(DenialCode.SAME_PERSON) if second == context.staff else None


def _correction_of(step: UndoStep, reason: str, context: RequestContext) -> Correction:
    event = step.event
    whose: dict[str, Any]
    if isinstance(event, Manual) and event.walk_in:
        whose = {"credential": Credential(Method.MANUAL, event.walk_in, Assurance.LOW)}
    elif isinstance(event, Manual):
        whose = {"volunteer": event.volunteer}
    else:
        whose = {"credential": event.credential}
    return Correction(
        **context.moment,
        **whose,
        cancelled_epoch=event.epoch,
        cancelled_seq=event.seq,
        activity=event.activity,
        reason=reason,
        by=context.staff,
    )
