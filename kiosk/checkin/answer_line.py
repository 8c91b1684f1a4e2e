"""An answer as one line of text, for people who hear or feel what others see on the screen. Pure."""

from foundation.refusal import Refusal
from foundation.words import Words
from kiosk.checkin.refusal_words import explain
from kiosk.local_api.messages import Decided, Outcome
from kiosk.roster.site_time import time_in

_WHY_AT_LEAST = {
    Outcome.REFUSED: "unknown",
    Outcome.UNREADABLE: Refusal.UNREADABLE,
    Outcome.NOT_RECORDED: Refusal.NOT_RECORDED,
}


def answer_line(decided: Decided, site_words: Words, zone: str, activity: str) -> str:
    """The large word, the name as the site allows it, and what is said of it; in the person's language.

    `activity` is the title of the one that it is about, "" where it has none.
    """
    words = Words(decided.language) if decided.language else site_words
    first = [
        words.say("answer-part", text=text) for text in (spoken_word(decided, words), decided.name) if text
    ]
    return words.together(*first, *_said(decided, words, zone, activity))


def spoken_word(decided: Decided, words: Words) -> str:
    """The name of the result: the screen's large word."""
    return words.say(f"result-{decided.outcome}.word")


def _said(decided: Decided, words: Words, zone: str, activity: str) -> list[str]:
    outcome = f"result-{decided.outcome}"
    if reason := decided.reason or _WHY_AT_LEAST.get(decided.outcome, ""):
        return explain(decided, reason, words, zone)
    time = time_in(zone, decided.at_ms, beside_ms=decided.at_ms)
    if decided.outcome not in (Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT):
        return [words.say(outcome)]
    if activity:
        return [words.say(f"{outcome}.for", time=time, activity=activity)]
    return [words.say(outcome, time=time)]
