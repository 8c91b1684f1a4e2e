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
from kiosk.presence.standings import Step
from kiosk.staff.events import Scene, direction_of
from kiosk.staff.questions import open_questions
from sync.contract.events import BootSeen

MOST_FOUND = 50


def people(asked: Find, scene: Scene) -> People:
    """The volunteers of the roster that fit, at most fifty, and since when they are here."""
    found = []
    for person in scene.roster.search(asked.text, MOST_FOUND):
        standing = scene.presence.standing(person.volunteer)
        found.append(Found(person.volunteer, person.name, standing.since_ms if standing else None))
    return People(asked.request, found)


def recent_events(asked: ListRecent, scene: Scene) -> RecentEvents:
    """What can still be taken back."""
    now = BootSeen(**scene.moment)
    return RecentEvents(asked.request, [_recent(step, scene) for step in scene.presence.newest_steps(now)])


def unanswered(asked: ListQuestions, scene: Scene) -> Questions:
    """Every stay of which nobody has said yet when it ended."""
    return Questions(asked.request, open_questions(scene.presence, scene.roster))


def _recent(step: Step, scene: Scene) -> Recent:
    event, person = step.event, scene.roster.person(step.volunteer)
    return Recent(
        epoch=event.epoch,
        seq=event.seq,
        at_ms=event.wall_ms,
        volunteer=step.volunteer,
        name=person.name if person else "",
        direction=direction_of(event),
    )
