"""What staff look up at the terminal: people of the roster, what can be taken back, open questions. Pure."""

from kiosk.local_api.requests import (
    Find,
    Found,
    ListQuestions,
    ListRecent,
    People,
    Questions,
    Recent,
    RecentEvents,
)
from kiosk.presence.standings import UndoStep
from kiosk.staff.events import RequestContext, direction_of
from kiosk.staff.questions import open_questions
from sync.contract.events import BootSeen

MOST_FOUND = 50


def people(asked: Find, context: RequestContext) -> People:
    """The volunteers of the roster that fit, at most fifty, and since when they are here."""
    found = []
    for person in context.roster.search(asked.text, MOST_FOUND):
        standing = context.presence.standing(person.volunteer)
        found.append(Found(person.volunteer, person.name, standing.since_ms if standing else None))
    return People(asked.request, found)


def recent_events(asked: ListRecent, context: RequestContext) -> RecentEvents:
    """What can still be taken back."""
    now = BootSeen(**context.moment)
    return RecentEvents(
        asked.request, [_recent(step, context) for step in context.presence.newest_steps(now)]
    )


def unanswered(asked: ListQuestions, context: RequestContext) -> Questions:
    """Every stay of which nobody has said yet when it ended."""
    return Questions(asked.request, open_questions(context.presence, context.roster))


def _recent(step: UndoStep, context: RequestContext) -> Recent:
    event, person = step.event, context.roster.person(step.volunteer)
    return Recent(
        epoch=event.epoch,
        seq=event.seq,
        at_ms=event.wall_ms,
        volunteer=step.volunteer,
        name=person.name if person else "",
        direction=direction_of(event),
    )
