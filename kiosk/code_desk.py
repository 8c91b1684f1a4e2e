"""Codes at this terminal: who may try one now, and whose a code is."""

import msgspec
from msgspec import Struct

from drivers.ntag424 import TagKeys
from drivers.reading import Presented, Reading
from kiosk import code_limits, credentials
from kiosk.code_limits import KEYPADS, CodeLimits
from kiosk.credentials import Identified
from kiosk.roster_index import RosterIndex

_PAUSED = Identified(None, reason="too_many_tries")


class TriesLeft(Struct, frozen=True):
    """What somebody is told after a wrong code: tries that are left before a pause, seconds of the pause.

    Both None for a reading that is no code.
    """

    tries: int | None = None
    wait_s: int | None = None


_NO_CODE = TriesLeft()


class CodeDesk:
    """Identifies readings; codes only as often as the limits allow. Used in the engine's turn alone."""

    def __init__(self, limits: CodeLimits, pseudonym_key: bytes, tag_keys: TagKeys | None = None) -> None:
        self._limits = limits
        self._key = pseudonym_key
        self._tag_keys = tag_keys

    def identify(self, reading: Reading, roster: RosterIndex) -> Identified:
        """Who presented themselves; during a pause nothing that was typed is even looked at."""
        if reading.presented is Presented.KEYPAD and self._pause_ms(KEYPADS, reading):
            return _PAUSED
        identified = credentials.identify(reading, roster, self._key, self._tag_keys)
        by_text = reading.presented is Presented.SMS and identified.credential
        if by_text and self._pause_ms(code_limits.place_of(by_text), reading):
            return msgspec.structs.replace(identified, reason="too_many_tries")
        return identified

    def count(self, reading: Reading, identified: Identified) -> TriesLeft:
        """Hold a wrong code against where it was tried; returns what to tell the person."""
        if identified.reason == "wrong_code" and identified.credential:
            place = code_limits.place_of(identified.credential)
            self._limits.note_wrong(place, reading.at.mono_ms)
            tries = self._limits.tries(place)
            return TriesLeft(tries.left(reading.at.mono_ms), self._wait_s(place, reading))
        if identified.reason == "too_many_tries":
            place = code_limits.place_of(identified.credential) if identified.credential else KEYPADS
            return TriesLeft(wait_s=self._wait_s(place, reading))
        return _NO_CODE

    def _pause_ms(self, place: str, reading: Reading) -> int:
        return self._limits.tries(place).pause_ms(reading.at.mono_ms)

    def _wait_s(self, place: str, reading: Reading) -> int | None:
        """Rounded up, so that whoever waits so long may try; None without a pause."""
        return -(-self._pause_ms(place, reading) // 1000) or None
