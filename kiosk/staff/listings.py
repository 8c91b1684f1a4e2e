"""What staff look up at the terminal: people of the roster, what can be taken back, open questions. Pure."""

from collections import Counter

from kiosk.local_api.replies import (
    Activities,
    ActivityListed,
    Figures,
    Found,
    HourFigures,
    Missing,
    MissingPerson,
    People,
    PersonCard,
    Questions,
    Recent,
    RecentEvents,
    StillIn,
    StillInPerson,
)
from kiosk.local_api.requests import (
    Find,
    ListActivities,
    ListFigures,
    ListMissing,
    ListQuestions,
    ListRecent,
    ListStillIn,
    LookUp,
)
from kiosk.presence.standing import UndoStep
from kiosk.roster.expected import day_at, expected_today
from kiosk.roster.index import phase_at
from kiosk.staff.cards import card_of
from kiosk.staff.events import RequestContext, direction_of
from kiosk.staff.questions import open_questions
from kiosk.staff.typed_badges import number_in
from sync.contract.events import BootSeen, Direction
from sync.contract.roster import Phase

MOST_FOUND = 50
MOST_LISTED = 2000
_HOUR_MS = 3_600_000
_OVER = {Phase.ENDED, Phase.ARCHIVED}


Listing = (
    Find | LookUp | ListMissing | ListStillIn | ListActivities | ListFigures | ListRecent | ListQuestions
)


def listed(
    asked: Listing, context: RequestContext
) -> People | PersonCard | Missing | StillIn | Activities | Figures | RecentEvents | Questions | None:
    """What somebody of the staff looks up; None for a person whom the roster doesn't name."""
    match asked:
        case Find():
            return people(asked, context)
        case LookUp():
            return card_of(asked.volunteer, asked.request, context)
        case ListMissing():
            return missing(asked, context)
        case ListStillIn():
            return still_in(asked, context)
        case ListActivities():
            return activities(asked, context)
        case ListFigures():
            return figures(asked, context)
        case ListRecent():
            return recent_events(asked, context)
        case ListQuestions():
            return unanswered(asked, context)


def people(asked: Find, context: RequestContext) -> People:
    """The volunteers of the roster that fit, at most fifty, and since when they are here."""
    found = []
    persons = context.roster.search(number_in(asked.text, context.roster), MOST_FOUND + 1)
    for person in persons[:MOST_FOUND]:
        standing = context.presence.standing(person.volunteer)
        found.append(Found(person.volunteer, person.name, standing.since_ms if standing else None))
    for walk_in in context.walk_ins.find(asked.text)[: MOST_FOUND - len(found)]:
        standing = context.presence.standing(walk_in)
        if standing is not None:  # whose it is by now, is found as that volunteer
            found.append(Found(walk_in, context.walk_ins.name(walk_in), standing.since_ms))
    return People(asked.request, found, more=len(persons) > MOST_FOUND)


def missing(asked: ListMissing, context: RequestContext) -> Missing:
    """Who is expected today and was not seen since the site's day began."""
    listed = []
    for one in expected_today(context.roster.roster, context.stamp.wall_ms):
        standing = context.presence.standing(one.person.volunteer)
        if standing is None or standing.last_ms < one.day_began_ms:
            start_ms, end_ms = (one.shift.start_ms, one.shift.end_ms) if one.shift else (None, None)
            listed.append(
                MissingPerson(one.person.volunteer, one.person.name, one.activity.title, start_ms, end_ms)
            )
    return Missing(asked.request, len(listed), listed[:MOST_LISTED])


def still_in(asked: ListStillIn, context: RequestContext) -> StillIn:
    """Who is checked in here; of whom nobody knows any more are asked after (`questions`)."""
    listed = []
    for volunteer, since_ms, name in context.presence.here(context.stamp.wall_ms)[:MOST_LISTED]:
        activity = context.roster.activity(name)
        title = activity.title if activity else ""
        listed.append(StillInPerson(volunteer, context.name_of(volunteer), since_ms, title))
    return StillIn(asked.request, listed)


def activities(asked: ListActivities, context: RequestContext) -> Activities:
    """What a terminal of this site can be set to."""
    now_ms = context.stamp.wall_ms
    phases = [(one, phase_at(one, now_ms)) for one in context.roster.roster.activities]
    return Activities(
        asked.request,
        [
            ActivityListed(one.id, one.title, phase is Phase.EXECUTING)
            for one, phase in phases
            if phase not in _OVER
        ],
    )


def figures(asked: ListFigures, context: RequestContext) -> Figures:
    """What happened at this terminal since the site's day began."""
    began_ms, ended_ms = day_at(context.roster.roster.zone, context.stamp.wall_ms)
    hours: Counter[tuple[int, str]] = Counter()
    methods: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    taken_back = in_groups = 0
    for at_ms, what, how, number in context.presence.counts.between(began_ms, ended_ms):
        if what in (Direction.IN, Direction.OUT):
            hours[at_ms - (at_ms - began_ms) % _HOUR_MS, what] += number
            methods[how] += number
        elif what == "refused":
            refused[how] += number
        elif what == "in_group":
            in_groups += number
        else:
            taken_back += number
    starts = sorted({start_ms for start_ms, _ in hours})
    by_hour = [HourFigures(one, hours[one, Direction.IN], hours[one, Direction.OUT]) for one in starts]
    return Figures(asked.request, by_hour, dict(methods), dict(refused), taken_back, in_groups)


def recent_events(asked: ListRecent, context: RequestContext) -> RecentEvents:
    """What can still be taken back."""
    now = BootSeen(**context.moment)
    return RecentEvents(
        asked.request, [_recent(step, context) for step in context.presence.newest_steps(now)]
    )


def unanswered(asked: ListQuestions, context: RequestContext) -> Questions:
    """Every stay of which nobody has said yet when it ended."""
    return Questions(asked.request, open_questions(context.presence, context.roster, context.stamp.wall_ms))


def _recent(step: UndoStep, context: RequestContext) -> Recent:
    event = step.event
    return Recent(
        epoch=event.epoch,
        seq=event.seq,
        at_ms=event.wall_ms,
        volunteer=step.volunteer,
        name=context.name_of(step.volunteer),
        direction=direction_of(event),
    )
