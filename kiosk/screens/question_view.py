"""What the volunteers' screen asks ("When did you leave?", "Take it back?"), and what it says then. Pure."""

from collections.abc import Mapping

from foundation.words import Words
from kiosk.local_api.messages import Decided, Outcome, Snapshot
from kiosk.local_api.replies import Question, Result
from kiosk.screens.panel import Face, Panel, Paragraph
from kiosk.screens.results import LOOKS, QUIET
from kiosk.screens.terminal_state import time_at_site

DECLINE_KEY = "0"
LONGEST_TIME = 4
"""Digits of a time of day; a code has more."""
_WARNED_S = 8
"""So many seconds before the question goes, whoever still thinks is warned."""
CAN_BE_TAKEN_BACK = (Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT)


def choices_of(question: Question) -> Mapping[str, int | None]:
    """What each key of the keypad answers: a moment (UTC milliseconds), or None for "I don't know"."""
    moments = {str(number): at_ms for number, at_ms in enumerate(question.likely_ms, start=1)}
    return {**moments, DECLINE_KEY: None}


def time_typed(typed: str) -> str:
    """What a keypad without a colon writes as a time of day: `810` and `1810` are 8:10 and 18:10; else ""."""
    clock = f"{typed[:-2]}:{typed[-2:]}"
    is_one = typed.isascii() and typed.isdecimal() and len(typed) in {3, LONGEST_TIME}
    return clock if is_one and int(typed[:-2]) < 24 and int(typed[-2:]) < 60 else ""


def question_panel(
    snapshot: Snapshot,
    question: Question,
    typed: str,
    decided: Decided | None,
    said: str,
    site: Words,
    wrong: str = "",
) -> Panel:
    """The question in the person's language; `typed` was pressed so far, `wrong` entered and is no answer.

    It never hides what was decided: `decided` is the check-in or check-out that it came with, as far as the
    screen knows, and `said` what was said of it, such as the hours of somebody who leaves.
    """
    words = Words(question.language) if question.language else site
    came = time_at_site(snapshot, question.came_ms)
    asked = [
        Paragraph(question.name, words.direction, strong=True),
        Paragraph(said, words.direction),
        Paragraph(words.say("question-came", came=came, activity=question.activity), words.direction),
        Paragraph(words.say("question-when"), words.direction, strong=True),
        Paragraph(" ", words.direction),
    ]
    if question.put_down_ms is not None:
        put_down = time_at_site(snapshot, question.put_down_ms, beside_ms=question.came_ms)
        asked.insert(3, Paragraph(words.say("question-put_down", at=put_down), words.direction))
    for key, at_ms in choices_of(question).items():
        if at_ms is None:
            text = words.say("question-unknown")
        else:
            text = time_at_site(snapshot, at_ms, beside_ms=question.came_ms)
        mark = "▶" if key == typed else " "
        asked.append(Paragraph(f"{mark} {key}  {text}", words.direction, strong=True, key=key))
    if typed and typed not in choices_of(question):
        asked.append(Paragraph(f"▶ {time_typed(typed) or typed}", words.direction, strong=True))
    left_s = (question.expires_ms - snapshot.status.wall_ms) // 1000
    if wrong:
        how = Paragraph(words.say("question-wrong", typed=wrong), words.direction, strong=True)
    elif 0 <= left_s <= _WARNED_S:
        how = Paragraph(words.say("question-ends", count=left_s), words.direction, strong=True)
    else:
        how = Paragraph(words.say("question-how"), words.direction)
    asked += [Paragraph(" ", words.direction), how]
    texts = tuple(one for one in asked if one.text)
    if decided is None:
        return Panel(Face.QUESTION, QUIET, "", words.direction, texts)
    word = words.say(f"result-{decided.outcome}.word")
    return Panel(Face.QUESTION, LOOKS[decided.outcome], word, words.direction, texts)


def confirm_panel(decided: Decided, site: Words) -> Panel:
    """Whether the check-in or check-out that is shown shall be taken back."""
    words = Words(decided.language) if decided.language else site
    texts = (
        Paragraph(decided.name or " ", words.direction, strong=True),
        Paragraph(words.say(f"take_back-{decided.outcome}"), words.direction),
        Paragraph(words.say("take_back-yes"), words.direction, strong=True, key="enter"),
        Paragraph(words.say("take_back-no"), words.direction, strong=True, key="escape"),
    )
    return Panel(Face.CONFIRM, QUIET, words.say("take_back-word"), words.direction, texts)


def notice_panel(result: Result, language: str, site: Words) -> Panel:
    """What became of an answer or of taking something back."""
    words = Words(language) if language else site
    look = LOOKS[Outcome.ALREADY_IN if result.ok else Outcome.REFUSED]
    text = result_text(result, words)
    word = words.say("notice-done" if result.ok else "notice-denied")
    return Panel(Face.NOTICE, look, word, words.direction, (Paragraph(text, words.direction),))


def result_text(result: Result, words: Words) -> str:
    """What became of a request, as a sentence."""
    wait = words.duration(result.seconds)
    return words.code("done" if result.ok else "denied", result.code, name=result.name, wait=wait)
