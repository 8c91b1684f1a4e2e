"""What the volunteers' screen shows: from the terminal's state to texts, pure.

The site's own words stand round the panel; inside it a person reads the result in their own language.
"""

from dataclasses import dataclass, replace

from rich.cells import cell_len

from foundation.refusal import Refusal
from foundation.words import LANGUAGES, Direction, Words
from kiosk.checkin.refusal_words import explain
from kiosk.local_api.messages import Decided, Notice, Outcome, Snapshot
from kiosk.local_api.replies import Question, Result
from kiosk.screens.display import display
from kiosk.screens.enrolment_view import enrolment_panel
from kiosk.screens.panel import Face, Panel, Paragraph, panel_of
from kiosk.screens.question_view import LONGEST_TIME, confirm_panel, notice_panel, question_panel
from kiosk.screens.results import LOOKS, OUT_OF_ORDER, QUIET
from kiosk.screens.terminal_state import TerminalState, time_at_site

NO_ANSWER = Refusal.NO_ANSWER
"""A screen's own reason: the engine took the typed digits and decided nothing in time."""

_SEPARATOR = " · "
_MOST_BESIDE = 4
_MOST_NOTICES = 2
_TOGETHER_MS = 1_000  # a result that stood for so long was seen
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Doing:
    """What is going on: digits being typed, digits that the engine is checking, the result being shown.

    `question` is what a volunteer is asked, `asked_with` what was decided then, `taking_back` the result that
    somebody is about to take back, and `notice` what became of either, in the `language` of the person.
    `beside` are the results of others who came in the same moment, the newest first.
    """

    typed: str = ""
    checked: str = ""
    shown: Decided | None = None
    beside: tuple[Decided, ...] = ()
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
        return _result(state.snapshot, doing.shown, doing.beside, words)
    if doing.typed:
        return panel_of(Face.TYPING, QUIET, doing.typed, words, words.say("typing-how"))
    if doing.checked:
        return panel_of(Face.CHECKING, QUIET, doing.checked, words, words.say("checking-how"))
    return _idle(state.snapshot, words)


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
        said = _sentences(snapshot, decided, Words(question.language) if question.language else site)[0]
    return question_panel(snapshot, question, doing.typed, decided, said, site)


def heading(state: TerminalState, language: str | None) -> tuple[str, str]:
    """The first line's two ends, in reading order: where this is, and what time it is, if that is known."""
    snapshot = state.snapshot
    if snapshot is None:
        return "", ""
    place = _SEPARATOR.join(filter(None, (snapshot.site, snapshot.activity)))
    if state.gone:
        return place, ""
    words = site_words(state, language)
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


def _idle(snapshot: Snapshot, words: Words) -> Panel:
    broken = [device.name for device in snapshot.status.devices if device.state == "fault"]
    fault = words.say("idle-fault", devices=", ".join(broken)) if broken else ""
    clock = time_at_site(snapshot, snapshot.status.wall_ms)
    text = snapshot.status.short_code
    sms = words.say("idle-sms", code=text, number=snapshot.sms_number) if text and snapshot.sms_number else ""
    how = "idle-how" if snapshot.roster_version else "idle-no_roster"
    shown = panel_of(Face.IDLE, QUIET, clock, words, words.say(how), sms, fault)
    said = tuple(
        Paragraph(text, Words(language).direction, strong=True)
        for notice in notices_for_all(snapshot)
        for language, text in notice.texts.items()
    )
    how_to, *others = shown.paragraphs
    return replace(shown, paragraphs=(how_to, *said, *others)) if said else shown


def notices_for_all(snapshot: Snapshot) -> list[Notice]:
    """What the centre lets this screen say, too, while nobody is before it: as many as have room."""
    return [notice for notice in snapshot.notices if notice.for_all][-_MOST_NOTICES:]


def _revoked(words: Words) -> Panel:
    revoked = Refusal.TERMINAL_REVOKED
    said = (words.code("reason", revoked), words.code("reason", revoked, "remedy"))
    return panel_of(Face.OUT_OF_ORDER, OUT_OF_ORDER, words.say("out_of_order-word"), words, *said)


def _out_of_order(state: TerminalState, language: str | None) -> Panel:
    known = language or (state.snapshot.language if state.snapshot else "")
    contact = state.snapshot.contact.replace(" ", _NO_BREAK_SPACE) if state.snapshot else ""
    spoken = [Words(known)] if known else [Words(each) for each in LANGUAGES]
    paragraphs = []
    for words in spoken:
        call = (
            words.say("out_of_order-contact", contact=contact) if contact else words.say("out_of_order-call")
        )
        paragraphs += [Paragraph(text, words.direction) for text in (words.say("out_of_order-text"), call)]
    first = spoken[0]
    return Panel(
        Face.OUT_OF_ORDER, OUT_OF_ORDER, first.say("out_of_order-word"), first.direction, tuple(paragraphs)
    )


def beside(doing: Doing, new: Decided) -> tuple[Decided, ...]:
    """Whose results stay on the screen beside a new one: those of others a moment ago, whom it would hide.

    Several people are recorded at once where they hold their badges before a camera together.
    """
    before = (doing.shown, *doing.beside) if doing.shown else ()
    others = (
        one
        for one in before
        if one.volunteer and one.volunteer != new.volunteer and abs(new.at_ms - one.at_ms) < _TOGETHER_MS
    )
    return tuple(others)[:_MOST_BESIDE]


def _result(snapshot: Snapshot, decided: Decided, others: tuple[Decided, ...], site: Words) -> Panel:
    words = Words(decided.language) if decided.language else site
    texts = [Paragraph(decided.name, words.direction, strong=True)] if decided.name else []
    texts += [Paragraph(text, words.direction) for text in _sentences(snapshot, decided, words)]
    texts += [Paragraph(_in_a_line(snapshot, one, site), site.direction) for one in others]
    word = words.say(f"result-{decided.outcome}.word")
    return Panel(Face.RESULT, LOOKS[decided.outcome], word, words.direction, tuple(texts))


def _in_a_line(snapshot: Snapshot, decided: Decided, words: Words) -> str:
    """Somebody's result as small as it can be told: `✔ Welcome · 李明 · 10:04`."""
    word = words.say(f"result-{decided.outcome}.word")
    when = time_at_site(snapshot, decided.at_ms)
    said = f"{LOOKS[decided.outcome].symbol} {word}"
    return _SEPARATOR.join(filter(None, (said, decided.name, when)))


def _sentences(snapshot: Snapshot, decided: Decided, words: Words) -> list[str]:
    outcome = f"result-{decided.outcome}"
    time = time_at_site(snapshot, decided.at_ms)
    since = time_at_site(snapshot, decided.since_ms) if decided.since_ms is not None else ""
    match decided.outcome:
        case Outcome.ACCEPTED_IN | Outcome.ACCEPTED_OUT if decided.reason:
            return [words.say(outcome, time=time), *_reason(snapshot, decided, decided.reason, words)]
        case Outcome.ACCEPTED_IN:
            return [words.say(outcome, time=time), words.say("take_back-how")]
        case Outcome.ACCEPTED_OUT if decided.since_ms is not None:
            whole_minutes = (decided.at_ms - decided.since_ms) // 60_000 * 60
            presence = words.duration(max(0, whole_minutes))
            stayed = words.say(f"{outcome}.presence", since=since, time=time, presence=presence)
            return [stayed, words.say(f"{outcome}.review"), words.say("take_back-how")]
        case Outcome.ACCEPTED_OUT:
            return [words.say(outcome, time=time), words.say(f"{outcome}.review"), words.say("take_back-how")]
        case Outcome.ALREADY_IN | Outcome.ALREADY_OUT:
            return [words.say(f"{outcome}.since", since=since) if since else words.say(outcome)]
        case Outcome.CODE_SENT:
            return [words.say(outcome)]
        case Outcome.REFUSED:
            return _reason(snapshot, decided, decided.reason or "unknown", words)
        case Outcome.UNREADABLE:
            return _reason(snapshot, decided, decided.reason or Refusal.UNREADABLE, words)
        case Outcome.NOT_RECORDED:
            reason = _reason(snapshot, decided, decided.reason or Refusal.NOT_RECORDED, words)
            return [words.say(outcome), *reason]


def _reason(snapshot: Snapshot, decided: Decided, code: str, words: Words) -> list[str]:
    if code == Refusal.OTHER_REALM and snapshot.demo:
        code = "other_realm-at_demo"
    texts = explain(decided, code, words, snapshot.zone)
    tries = f"reason-{code}.tries"
    if decided.tries_left is not None and words.knows(tries):
        texts.append(words.say(tries, count=decided.tries_left))
    if decided.wait_s:
        texts.append(words.say("code-wait", duration=words.duration(decided.wait_s)))
    return texts
