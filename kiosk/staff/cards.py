"""A person's card: where they stand, what was recorded of them, their credentials and note. Pure."""

from kiosk.local_api.replies import Movement, NoteForPerson, PersonCard
from kiosk.presence.standing import Accepted, TakenBackStep, UndoStep
from kiosk.roster.expected import day_at
from kiosk.staff.events import RequestContext, direction_of
from kiosk.staff.person_notes import PersonNote
from kiosk.staff.questions import open_question_of
from sync.contract.events import BootSeen, Manual, Method, is_in_time
from sync.contract.roster import RosterPerson


def card_of(volunteer: str, request: int, context: RequestContext, reason: str = "") -> PersonCard | None:
    """The card; None for nobody of the roster who didn't walk in either.

    `reason` is why what they presented is refused.
    """
    person, presence = context.roster.person(volunteer), context.presence
    if person is None and context.walk_ins.name(volunteer):
        person = RosterPerson(volunteer, context.walk_ins.name(volunteer))
    if person is None:
        return None
    standing = presence.standing(volunteer)
    activity = context.roster.activity(standing.activity) if standing else None
    return PersonCard(
        request,
        volunteer,
        person.name,
        since_ms=standing.since_ms if standing else None,
        activity=activity.title if activity else "",
        events=_movements(volunteer, context),
        methods=sorted(context.roster.methods_of(volunteer)),
        suspended=person.suspended,
        expected_at=person.expected_at,
        on_break_ms=standing.last_ms if standing and standing.on_break else None,
        note=_told(context.note_of(volunteer)),
        has_question=open_question_of(volunteer, presence, context.roster, context.stamp.wall_ms) is not None,
        reason=reason,
        badges_revoked=context.roster.badges_revoked(volunteer),
    )


def _movements(volunteer: str, context: RequestContext) -> list[Movement]:
    """Oldest first: what counts, and what of today counts no more."""
    steps = context.presence.steps_of(volunteer)
    began_ms, _ = day_at(context.roster.roster.zone, context.stamp.wall_ms)
    taken_back = [one for one in context.presence.taken_back_of(volunteer) if one.at_ms >= began_ms]
    newest = steps[-1] if steps else None
    movements = [_counted(step, context, is_newest=step is newest) for step in steps]
    return sorted([*movements, *map(_taken_back, taken_back)], key=lambda one: one.at_ms)


def _counted(step: UndoStep, context: RequestContext, *, is_newest: bool) -> Movement:
    event = step.event
    if is_newest and is_in_time(event, BootSeen(**context.moment)):
        return _movement(event, epoch=event.epoch, seq=event.seq)
    return _movement(event)


def _taken_back(step: TakenBackStep) -> Movement:
    return _movement(step.event, taken_back_ms=step.at_ms, taken_back_by=step.by)


def _movement(
    event: Accepted,
    *,
    epoch: str = "",
    seq: int = 0,
    taken_back_ms: int | None = None,
    taken_back_by: str = "",
) -> Movement:
    return Movement(
        event.at_ms if isinstance(event, Manual) else event.wall_ms,
        direction_of(event),
        Method.MANUAL if isinstance(event, Manual) else event.credential.method,
        epoch,
        seq,
        event.reason if isinstance(event, Manual) else "",
        taken_back_ms,
        taken_back_by,
    )


def _told(note: PersonNote | None) -> NoteForPerson | None:
    return NoteForPerson(note.text, note.by, note.left_ms, note.shown_ms) if note else None
