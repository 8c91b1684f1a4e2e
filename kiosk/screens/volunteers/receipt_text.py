"""What somebody who leaves reads: time counted today, why so much, and the code to take along. Pure."""

from foundation.words import Words
from kiosk.local_api.messages import Snapshot
from kiosk.local_api.receipts import Receipt, ReceiptStep
from kiosk.presence.provisional_time import CreditRule
from kiosk.screens.terminal_state import time_at_site

_BETWEEN = " · "
_NO_BREAK_SPACE = "\u00a0"
_MOST_STEPS = 4
_FROM_OR_UNTIL = (CreditRule.SHIFT_START, CreditRule.SHIFT_END)


def today_text(receipt: Receipt, words: Words) -> list[str]:
    """The time of today, said to be provisional; nothing where it can't be told."""
    if receipt.today_s is None:
        return []
    return [words.say("receipt-today", time=_minutes(receipt.today_s, words))]


def close_by(snapshot: Snapshot, receipt: Receipt, stayed: str, ends: str, words: Words) -> list[str]:
    """What one reads standing close: how long one `stayed` and what the rules took; the code and all hours.

    `ends` is what else there is to say. Two rows where the screen is wide: the large letters need the rest.
    """
    steps = [_step(snapshot, step, words) for step in receipt.steps[:_MOST_STEPS]]
    told = [stayed, *map(_unbroken, steps)] if stayed else steps
    carried = [words.say("receipt-code", code=receipt.code)] if receipt.code else []
    if receipt.approved_s is not None:
        hours = f"{receipt.approved_s // 3600}.{receipt.approved_s % 3600 // 36:02d}"
        message = "receipt-approved.stars" if receipt.stars else "receipt-approved"
        carried.append(words.say(message, hours=hours, stars="★" * receipt.stars))
    rows = (told, [_unbroken(text) for text in (*carried, ends) if text])
    return [_BETWEEN.join(texts) for texts in rows if texts]


def _unbroken(text: str) -> str:
    """A text that a line's end does not part."""
    return text.replace(" ", _NO_BREAK_SPACE)


def _step(snapshot: Snapshot, step: ReceiptStep, words: Words) -> str:
    message = f"receipt-{step.rule}"
    if step.rule in _FROM_OR_UNTIL and step.at_s is not None:
        return words.say(message, at=time_at_site(snapshot, step.at_s * 1000))
    known = message if words.knows(message) else "receipt-unknown"
    return words.say(known, time=_minutes(step.seconds, words))


def _minutes(seconds: int, words: Words) -> str:
    """Whole minutes, and of less than one its seconds."""
    return words.duration(seconds // 60 * 60 or seconds)
