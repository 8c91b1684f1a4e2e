"""What the volunteers' screen shows: from the terminal's state to texts, pure.

The site's own words stand round the panel; inside it a person reads the result in their own language.
"""

from dataclasses import dataclass

from rich.cells import cell_len

from foundation.refusal import Refusal
from foundation.words import LANGUAGES, Direction, Words
from kiosk.local_api.messages import Decided, LookUpState, Outcome, Snapshot
from kiosk.local_api.replies import Question, Result
from kiosk.screens.display import display
from kiosk.screens.enrolment_view import enrolment_panel
from kiosk.screens.panel import Face, Panel, Paragraph, panel_of
from kiosk.screens.question_view import LONGEST_TIME, confirm_panel, notice_panel, question_panel
from kiosk.screens.results import OUT_OF_ORDER, QUIET
from kiosk.screens.terminal_state import TerminalState, time_at_site
from kiosk.screens.volunteers.answer import answer_panel, sentences_of
from kiosk.screens.volunteers.idle import activity_line, idle_panel

NO_ANSWER = Refusal.NO_ANSWER
"""A screen's own reason: the engine took the typed digits and decided nothing in time."""

_SEPARATOR = " · "
_WARNED_S = 8
"""So many seconds before half-typed digits are deleted, whoever still looks for the next one is warned."""
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Doing:
    """What is going on: digits being typed, digits that the engine is checking, the result being shown.

    `question` is what a volunteer is asked, `asked_with` what was decided then, `taking_back` the result that
    somebody is about to take back, and `notice` what became of either, in the `language` of the person.
    `waiting` are those whose turn comes when the one before has stood long enough to be seen.
    `typed_until_ms` is when the digits are deleted (UTC), `wrong` an answer to the question that is none, and
    `seen` what was presented and is not decided yet.
    """

    typed: str = ""
    typed_until_ms: int | None = None
    wrong: str = ""
    checked: str = ""
    seen: str = ""
    shown: Decided | None = None
    waiting: tuple[Decided | Question, ...] = ()
    question: Question | None = None
    asked_with: Decided | None = None
    taking_back: Decided | None = None
    notice: Result | None = None
    language: str = ""


def site_words(state: TerminalState, language: str | None) -> Words:
    """The words of the screen itself: in the given language, else in the site's."""
    return Words(language or (state.snapshot.language if state.snapshot else ""))


def panel(state: TerminalState, doing: Doing, language: str | None) -> Panel:
    """What the middle of the screen says now."""
    words = site_words(state, language)
    if state.gone is not None or (state.snapshot and state.snapshot.status.out_of_order):
        return _out_of_order(state, language)
    if state.snapshot and state.snapshot.revoked:
        return _revoked(words)
    if state.snapshot is None:
        return panel_of(Face.CHECKING, QUIET, "", words, words.say("checking-how"))
    if state.snapshot.enrolment and doing.shown is None and not doing.typed:
        return enrolment_panel(state.snapshot, state.snapshot.enrolment, language)
    if spoken := _dialogue(state.snapshot, doing, words):
        return spoken
    if doing.shown is not None:
        return answer_panel(state.snapshot, doing.shown, words)
    if under_way := _under_way(state.snapshot, doing, words):
        return under_way
    if state.snapshot.status.look_up:
        return look_up_panel(state.snapshot.status.look_up, words)
    return idle_panel(state.snapshot, words, _whom_to_call(state.snapshot, words))


def _under_way(snapshot: Snapshot, doing: Doing, words: Words) -> Panel | None:
    """What is being read, typed or checked, if anything is."""
    if doing.seen:
        return panel_of(Face.CHECKING, QUIET, "", words, words.code("seen", doing.seen))
    if doing.typed:
        return _typing_panel(snapshot, doing, words)
    if doing.checked:
        return panel_of(Face.CHECKING, QUIET, doing.checked, words, words.say("checking-how"))
    return None


def _typing_panel(snapshot: Snapshot, doing: Doing, words: Words) -> Panel:
    """The digits, and before they are deleted for the next person's sake, in how many seconds."""
    left_s = _WARNED_S + 1
    if doing.typed_until_ms is not None:
        left_s = (doing.typed_until_ms - snapshot.status.wall_ms) // 1000
    is_near = 0 <= left_s <= _WARNED_S
    how = words.say("typing-ends", count=left_s) if is_near else words.say("typing-how")
    told = (Paragraph(how, words.direction, strong=is_near),)
    return Panel(Face.TYPING, QUIET, doing.typed, words.direction, told)


def _dialogue(snapshot: Snapshot, doing: Doing, words: Words) -> Panel | None:
    """What the terminal asks a volunteer or says to an answer, if it does."""
    if doing.notice is not None:
        return notice_panel(doing.notice, doing.language, words)
    if doing.taking_back is not None:
        return confirm_panel(doing.taking_back, words)
    if doing.question is not None and len(doing.typed) <= LONGEST_TIME:
        return _asked(snapshot, doing, doing.question, words)
    return None


def _asked(snapshot: Snapshot, doing: Doing, question: Question, site: Words) -> Panel:
    decided = doing.asked_with
    said = ""
    if decided is not None and decided.outcome is Outcome.ACCEPTED_OUT:
        said = sentences_of(snapshot, decided, Words(question.language) if question.language else site)[0]
    return question_panel(snapshot, question, doing.typed or doing.wrong, decided, said, site, doing.wrong)


def heading(state: TerminalState, language: str | None) -> tuple[str, str]:
    """The first line's two ends, in reading order: where this is, and what time it is, if that is known."""
    snapshot = state.snapshot
    if snapshot is None:
        return "", ""
    words = site_words(state, language)
    place = _SEPARATOR.join(filter(None, (snapshot.site, activity_line(snapshot, words))))
    if state.gone:
        return place, ""
    clock = time_at_site(snapshot, snapshot.status.wall_ms)
    if snapshot.status.clock_state in ("rtc", "unset"):
        clock = f"{clock} ({words.say('clock-doubtful')})"
    return place, clock


def status_line(state: TerminalState, language: str | None) -> str:
    """The quiet last line, as in `12 here · all sent`; empty when the engine does not say."""
    if state.snapshot is None or state.gone or state.snapshot.enrolment:
        return ""
    words = site_words(state, language)
    status = state.snapshot.status
    unsent = status.link.unsent
    if not status.link.connected:
        link = words.say("link-offline", count=unsent) if unsent else words.say("link-offline-empty")
    else:
        link = words.say("link-sending", count=unsent) if unsent else words.say("link-all-sent")
    return _SEPARATOR.join((words.say("here-count", count=len(status.here)), link))


def spread(start: str, end: str, width: int, direction: Direction) -> str:
    """Two texts at the two ends of a line of `width` cells, the first where reading starts."""
    first, last = display(start, direction), display(end, direction)
    if direction is Direction.RTL:
        first, last = last, first
    return first + " " * max(1, width - cell_len(first) - cell_len(last)) + last


def _revoked(words: Words) -> Panel:
    revoked = Refusal.TERMINAL_REVOKED
    said = (words.code("reason", revoked), words.code("reason", revoked, "remedy"))
    return panel_of(Face.OUT_OF_ORDER, OUT_OF_ORDER, words.say("out_of_order-word"), words, *said)


def _out_of_order(state: TerminalState, language: str | None) -> Panel:
    known = language or (state.snapshot.language if state.snapshot else "")
    spoken = [Words(known)] if known else [Words(each) for each in LANGUAGES]
    paragraphs = []
    for words in spoken:
        said = Paragraph(words.say("out_of_order-text"), words.direction)
        paragraphs += [said, *_whom_to_call(state.snapshot, words)]
    first = spoken[0]
    return Panel(
        Face.OUT_OF_ORDER, OUT_OF_ORDER, first.say("out_of_order-word"), first.direction, tuple(paragraphs)
    )


def look_up_panel(state: str, words: Words) -> Panel:
    """Staff look up whose the next reading is, or did just now: nobody is recorded by it."""
    word, said = words.say("look_up-word"), words.say("look_up-text")
    if state == LookUpState.DONE:
        word, said = words.say("look_up_done-word"), words.say("look_up_done-text")
    return panel_of(Face.CHECKING, QUIET, word, words, said)


def _whom_to_call(snapshot: Snapshot | None, words: Words) -> list[Paragraph]:
    contact = snapshot.contact.replace(" ", _NO_BREAK_SPACE) if snapshot else ""
    call = words.say("out_of_order-contact", contact=contact) if contact else words.say("out_of_order-call")
    return [Paragraph(call, words.direction)]
