""" "When did you leave?": the question for a stay that nobody checked out of, and which of them is asked now.

The new check-in is accepted before; the question never keeps anybody waiting: the next reading takes its
place, and it comes again at the person's next scan.
"""

from kiosk.local_api.codes import QuestionEnd
from kiosk.local_api.messages import Decided, Outcome
from kiosk.local_api.replies import Question, QuestionEnded
from kiosk.presence.forgotten_stay import Bounds, bounds_of, likely_ends, put_down_ms
from kiosk.presence.standing import Forgotten
from kiosk.presence.standings import Presence
from kiosk.roster.index import RosterIndex
from sync.contract.events import ClockState

_ACCEPTED = (Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT)


def question_id(forgotten: Forgotten) -> str:
    """The same for the same stay, however often it is asked about."""
    return f"{forgotten.volunteer}-{forgotten.came_ms}"


def question_of(forgotten: Forgotten, roster: RosterIndex, expires_ms: int = 0) -> Question | None:
    """The question about a stay; None where the clock was set back and nothing can be asked."""
    activity = roster.activity(forgotten.activity)
    bounds = bounds_of(forgotten, activity, roster.policy)
    if bounds is None:
        return None
    person = roster.person(forgotten.volunteer)
    return Question(
        id=question_id(forgotten),
        volunteer=forgotten.volunteer,
        name=person.name if person else "",
        language=person.language if person else "",
        activity=activity.title if activity else forgotten.activity,
        came_ms=forgotten.came_ms,
        earliest_ms=bounds.earliest_ms,
        latest_ms=bounds.latest_ms,
        likely_ms=likely_ends(forgotten, activity, roster.policy, bounds),
        expires_ms=expires_ms,
        put_down_ms=put_down_ms(forgotten, activity),
    )


def open_questions(presence: Presence, roster: RosterIndex, now_ms: int) -> list[Question]:
    """Every question that nobody has answered yet; staff answer before a next scan asks, too."""
    asked = (question_of(one, roster) for one in (*presence.all_forgotten(), *presence.overdue(now_ms)))
    return [one for one in asked if one is not None]


def open_question_of(volunteer: str, presence: Presence, roster: RosterIndex, now_ms: int) -> Question | None:
    """The question about one volunteer that nobody has answered yet."""
    forgotten = presence.forgotten(volunteer) or presence.overdue_of(volunteer, now_ms)
    return question_of(forgotten, roster) if forgotten else None


def find(question: str, presence: Presence, now_ms: int) -> Forgotten | None:
    """The stay that a question is about; None once it was answered or declined."""
    volunteer = question.rpartition("-")[0]
    stays = (presence.forgotten(volunteer), presence.overdue_of(volunteer, now_ms))
    return next((one for one in stays if one and question_id(one) == question), None)


def bounds_for(forgotten: Forgotten, roster: RosterIndex) -> Bounds | None:
    """Within which bounds the question about this stay is answered."""
    return bounds_of(forgotten, roster.activity(forgotten.activity), roster.policy)


class QuestionPrompt:
    """The one question that the volunteers' screen shows now; used by the engine's thread alone."""

    def __init__(self, shown_s: int) -> None:
        """`shown_s` is how long the screen shows a question."""
        self.adopt(shown_s)
        self._shown: Question | None = None
        self._until_mono_ms = 0

    def adopt(self, shown_s: int) -> None:
        """Show the next question for so long; one that is shown now keeps its time."""
        self._shown_ms = shown_s * 1000

    @property
    def now(self) -> str:
        """The id of the question that is shown, or "" when none is."""
        return self._shown.id if self._shown else ""

    def after(
        self, decided: Decided, presence: Presence, roster: RosterIndex, clock: ClockState, mono_ms: int
    ) -> list[Question | QuestionEnded]:
        """What is to be told once a reading was decided on: the next reading ends an earlier question.

        A terminal whose clock was never set can't prove any bounds, and asks nothing.
        """
        told: list[Question | QuestionEnded] = self.end(QuestionEnd.REPLACED)
        forgotten = presence.forgotten(decided.volunteer) if decided.outcome in _ACCEPTED else None
        if forgotten is None or clock is ClockState.UNSET:
            return told
        question = question_of(forgotten, roster, expires_ms=decided.at_ms + self._shown_ms)
        if question is not None:
            self._shown, self._until_mono_ms = question, mono_ms + self._shown_ms
            told.append(question)
        return told

    def beat(self, mono_ms: int) -> list[Question | QuestionEnded]:
        """What is to be told as time goes by: an unanswered question ends."""
        return self.end(QuestionEnd.EXPIRED) if self._shown and mono_ms >= self._until_mono_ms else []

    def end(self, how: QuestionEnd, question: str = "") -> list[Question | QuestionEnded]:
        """End the question that is shown, or only that of the given id; tells nothing when it is not."""
        if self._shown is None or question not in ("", self._shown.id):
            return []
        ended = QuestionEnded(self._shown.id, how)
        self._shown = None
        return [ended]
