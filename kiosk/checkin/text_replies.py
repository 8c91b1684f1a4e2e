"""What a text message to the terminal is answered with."""

from dataclasses import dataclass

from drivers.reading import Secret
from foundation.refusal import Refusal
from foundation.words import Words
from kiosk.checkin.refusal_words import explain
from kiosk.local_api.messages import Decided, Outcome

_UNANSWERED = frozenset({Refusal.TOO_MANY_TRIES, Refusal.TOO_MANY_CODES})
"""Whoever sends without end gets no more answers: each is paid for."""


@dataclass(slots=True)
class AboutText:
    """What only the sender of a text message is told: a code's digits, once the log holds its issue."""

    digits: Secret | None = None
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class TextDecided:
    """What became of a text message, and the digits of the code that it asked for, if it gets one.

    `zone` is the site's; a `stranger`'s number is in no roster.
    """

    decided: Decided
    digits: Secret | None = None
    zone: str = "UTC"
    stranger: bool = False


def answer_to(text: TextDecided, site_words: Words) -> str:
    """The answer in the sender's language, else in the site's; empty where none is sent."""
    decided = text.decided
    words = Words(decided.language) if decided.language else site_words
    if text.digits is not None:
        return words.say("sms-code", code=text.digits.reveal())
    word = words.say(f"result-{decided.outcome}.word")
    if decided.outcome is not Outcome.REFUSED:
        return f"{word}."
    if decided.reason in _UNANSWERED:
        return ""
    if decided.reason == Refusal.WRONG_CODE:
        return f"{word}. {words.say('sms-wrong_code')}"
    return " ".join([f"{word}.", *explain(decided, decided.reason, words, text.zone)])
