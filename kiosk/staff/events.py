"""Events that people cause rather than readings: claims, corrections, manual entries; or why not. Pure."""

from dataclasses import dataclass
from typing import Any

from kiosk.local_api.requests import Answer, Cancel, DenialCode, EnterManually
from kiosk.presence.forgotten_stay import is_over
from kiosk.presence.standings import LONGEST_SESSION_MS, Presence, Step
from kiosk.roster.attendance import attended
from kiosk.roster.index import RosterIndex
from kiosk.staff import questions
from sync.contract.events import CheckIn, Claim, Correction, Direction, Event, Manual, is_in_time
from sync.log.writer import Stamp

_AT_THE_SCREEN = "Taken back at the screen."


@dataclass(frozen=True, slots=True)
class Denied:
    """A request that can't be fulfilled; `code` names the sentence (`denied-…` in `foundation/words`)."""

    code: DenialCode
    name: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """What a request is judged by: where, when, by whom (a staff reference, or ""), and who is here.

    `activity` is what staff ordered this terminal to record for, or "".
    """

    terminal: str
    stamp: Stamp
    staff: str
    presence: Presence
    roster: RosterIndex
    activity: str = ""

    @property
    def moment(self) -> dict[str, Any]:
        """The fields that every event of this moment has."""
        return self.stamp.moment(self.terminal)


def claim(asked: Answer, shown: str, close_after_min: int, scene: Scene) -> Claim | Denied:
    """The claim that an answer makes; `shown` is the question that the volunteers' screen shows."""
    forgotten = questions.find(asked.question, scene.presence)
    if forgotten is None:
        return Denied(DenialCode.NO_SUCH_QUESTION)
    if not scene.staff and asked.question != shown:
        return Denied(DenialCode.NOT_LOGGED_IN)
    bounds = questions.bounds_for(forgotten, scene.roster, close_after_min)
    if bounds is None or not bounds.holds(asked.at_ms):
        return Denied(DenialCode.OUT_OF_BOUNDS)
    return Claim(
        **scene.moment,
        credential=forgotten.credential,
        activity=forgotten.activity,
        direction=Direction.OUT,
        at_ms=asked.at_ms,
        earliest_ms=bounds.earliest_ms,
        latest_ms=bounds.latest_ms,
        # Staff who answer for themselves are the volunteer, not somebody who took it down.
        taken_by=scene.staff if scene.staff != forgotten.volunteer else "",
    )


def correction(asked: Cancel, running_epoch: str, scene: Scene) -> Correction | Denied:
    """The correction that takes an event back."""
    place = (asked.epoch or running_epoch, asked.seq)
    if scene.presence.is_cancelled(place):
        return Denied(DenialCode.CANCEL_AGAIN)
    step = scene.presence.step_at(place)
    if step is None:
        return Denied(DenialCode.CANCEL_UNKNOWN)
    if not scene.staff and place != scene.presence.last_accepted:
        return Denied(DenialCode.NOT_LOGGED_IN)
    if scene.staff == step.volunteer:
        return Denied(DenialCode.OWN_TIME)
    if not scene.presence.is_newest(step):
        return Denied(DenialCode.CANCEL_NEWEST_FIRST)
    reason = " ".join(asked.reason.split())
    if scene.staff and not reason:
        return Denied(DenialCode.NO_REASON)
    made = _correction_of(step, reason or _AT_THE_SCREEN, scene)
    return made if is_in_time(step.event, made) else Denied(DenialCode.CANCEL_TOO_LATE)


def manual(asked: EnterManually, second: str, close_after_min: int, scene: Scene) -> Manual | Denied:
    """The manual entry that a staff member asks for and `second`, another one, has signed (rules.md S16).

    The time lies in the past, at most as long ago as the longest session; what is older is entered at the
    centre. So is that of a suspended volunteer: their scans are refused here too. Who was in or out then is
    told as a scan of that moment would have been.
    """
    volunteer, now_ms = asked.volunteer, scene.stamp.wall_ms
    reason = " ".join(asked.reason.split())
    if wrong_people := _wrong_people(volunteer, second, scene):
        return wrong_people
    if not reason:
        return Denied(DenialCode.NO_REASON)
    if asked.at_ms > now_ms:
        return Denied(DenialCode.FUTURE_TIME)
    if asked.at_ms < now_ms - LONGEST_SESSION_MS:
        return Denied(DenialCode.TOO_LONG_AGO)
    running = scene.roster.activity_now(asked.at_ms, scene.activity)
    standing, since_ms = scene.presence.standing(volunteer), None
    activity = attended(volunteer, standing, running, close_after_min, asked.at_ms)
    if activity is None:
        return Denied(DenialCode.ACTIVITY_NOT_EXECUTING)
    if standing:
        # Who leaves leaves what they came for, whatever else goes on.
        leaves = scene.roster.activity(standing.activity) if asked.direction is Direction.OUT else None
        came_for = leaves or activity
        if not is_over(standing, came_for, running.zone, close_after_min, asked.at_ms):
            since_ms, activity = standing.since_ms, came_for
    if asked.direction is Direction.IN and since_ms is not None:
        return Denied(DenialCode.ALREADY_IN)
    if asked.direction is Direction.OUT and since_ms is not None and asked.at_ms < since_ms:
        return Denied(DenialCode.BEFORE_CHECK_IN)
    return Manual(
        **scene.moment,
        volunteer=volunteer,
        activity=activity.id,
        direction=asked.direction,
        at_ms=asked.at_ms,
        reason=reason,
        entered_by=scene.staff,
        confirmed_by=second,
    )


def direction_of(event: Event) -> Direction:
    """Whether an accepted event says that somebody came or left."""
    if isinstance(event, Manual):
        return Direction(event.direction)
    return Direction.IN if isinstance(event, CheckIn) else Direction.OUT


def _wrong_people(volunteer: str, second: str, scene: Scene) -> Denied | None:
    """Why nothing can be written down of this volunteer, or not by these two."""
    person = scene.roster.person(volunteer)
    if person is None:
        return Denied(DenialCode.NO_SUCH_VOLUNTEER)
    if person.suspended:
        return Denied(DenialCode.SUSPENDED)
    if volunteer in (scene.staff, second):
        return Denied(DenialCode.OWN_TIME)
    return Denied(DenialCode.SAME_PERSON) if second == scene.staff else None


def _correction_of(step: Step, reason: str, scene: Scene) -> Correction:
    event = step.event
    whose: dict[str, Any] = (
        {"volunteer": event.volunteer} if isinstance(event, Manual) else {"credential": event.credential}
    )
    return Correction(
        **scene.moment,
        **whose,
        cancelled_epoch=event.epoch,
        cancelled_seq=event.seq,
        activity=event.activity,
        reason=reason,
        by=scene.staff,
    )
