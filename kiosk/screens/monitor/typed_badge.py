"""A badge that a scanner types into the staff's page, where no field waits for it. Pure.

A scanner types a badge's text and Enter. The page's keys are lower-case letters, and no badge begins with
one: what begins as a badge is kept from them until Enter; so is a row of digits, a volunteer's number.
"""

import string

from sync.contract.badge import MAX_CHARACTERS, PREFIX

_PAUSE_S = 2.0
"""Whoever types by hand and stops has not begun a badge."""


class TypedBadge:
    """What was typed on the page so far; `finished` is the text that Enter ended, "" until then."""

    def __init__(self) -> None:
        self.finished = ""
        self._typed = ""
        self._last_s = 0.0

    def takes(self, key: str, character: str | None, now_s: float) -> bool:
        """Whether this key belongs to a badge, at a moment in seconds of any clock that only goes on."""
        if now_s - self._last_s > _PAUSE_S:
            self._typed = ""
        self._last_s, self.finished = now_s, ""
        if key == "enter" and self._typed:
            self.finished, self._typed = self._typed, ""
            return True
        typed = self._typed + (character or "")
        is_one = bool(character) and len(typed) <= MAX_CHARACTERS and _may_become_one(typed)
        self._typed = typed if is_one else ""
        return is_one


def _may_become_one(typed: str) -> bool:
    is_badge = typed.startswith(PREFIX) or PREFIX.startswith(typed)
    return is_badge or set(typed) <= set(string.digits)
