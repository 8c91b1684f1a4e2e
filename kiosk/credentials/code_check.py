"""Codes at this terminal: who may try one now, whose a code is, and codes for telephones that ask for one."""

from collections.abc import Iterable
from typing import Final

import msgspec
import structlog
from msgspec import Struct

from drivers.contactless.ntag424 import TagKeys
from drivers.reading import Instant, Presented, Reading
from foundation.errors import SettingsError
from foundation.refusal import Refusal, Why
from kiosk.credentials import code_limits
from kiosk.credentials import identify as credentials
from kiosk.credentials.code_book import CodeBook, KeptCode
from kiosk.credentials.code_limits import KEYPADS, CodeLimits
from kiosk.credentials.identify import Identified
from kiosk.roster.index import RosterIndex
from kiosk.storage.encrypted_files import AtRest
from sync.contract import one_time_code
from sync.contract.downlink import Codes
from sync.contract.events import Assurance, Credential, Method
from sync.contract.one_time_code import DrawnCode, OneTimeCode

CODES: Final = "codes"
"""The name by which the codes are kept."""

_PAUSED = Identified(None, reason=Refusal.TOO_MANY_TRIES)

_logger = structlog.get_logger()


class TriesLeft(Struct, frozen=True):
    """What somebody is told after a wrong code: tries that are left before a pause, seconds of the pause.

    Both None for a reading that is no code.
    """

    tries: int | None = None
    wait_s: int | None = None


_NO_CODE = TriesLeft()


class CodeChecker:
    """Identifies readings; codes only as often as the limits allow. Used in the engine's turn alone.

    The codes survive a restart where they are kept at rest, else they are known to this process only.
    """

    def __init__(
        self,
        limits: CodeLimits,
        pseudonym_key: bytes,
        boot: str,
        at_rest: AtRest | None = None,
        tag_keys: TagKeys | None = None,
    ) -> None:
        self._limits = limits
        self._key = pseudonym_key
        self._boot = boot
        self._tag_keys = tag_keys
        self._at_rest = at_rest
        self._book = CodeBook(_kept_by(at_rest))
        self._unkept = False

    def identify(self, reading: Reading, roster: RosterIndex) -> Identified:
        """Who presented themselves; during a pause nothing that was typed is even looked at."""
        if reading.presented is Presented.KEYPAD:
            if self._pause_ms(KEYPADS, reading):
                return _PAUSED
            known = self._book.find(
                one_time_code.lookup_of(self._key, reading.payload.reveal()), self._boot, reading.at
            )
            if known:
                over = known.is_over(self._boot, reading.at)
                credential = Credential(Method.SMS_CODE, known.code.ref, Assurance.MEDIUM)
                reason: Why = Refusal.CODE_EXPIRED if over and not known.used else ""
                return Identified(credential, known.code.volunteer, reason, one_use=True)
        identified = credentials.identify(reading, roster, self._key, self._tag_keys)
        telephone = identified.credential if reading.presented is Presented.SMS else None
        if telephone and self._pause_ms(code_limits.place_of(telephone), reading):
            return msgspec.structs.replace(identified, reason=Refusal.TOO_MANY_TRIES, asks_code=False)
        if telephone and identified.asks_code and not identified.reason:
            sent_ms = self._book.sent_to(telephone.ref)
            if one_time_code.wait_ms(sent_ms, reading.at.wall_ms):
                return msgspec.structs.replace(identified, reason=Refusal.TOO_MANY_CODES, asks_code=False)
        return identified

    def count(self, reading: Reading, identified: Identified) -> TriesLeft:
        """Hold a wrong code against where it was tried; returns what to tell the person."""
        if identified.reason == Refusal.WRONG_CODE and identified.credential:
            place = code_limits.place_of(identified.credential)
            self._limits.note_wrong(place, reading.at.mono_ms)
            tries = self._limits.tries(place)
            return TriesLeft(tries.left(reading.at.mono_ms), self._wait_s(place, reading))
        if identified.reason == Refusal.TOO_MANY_TRIES:
            place = code_limits.place_of(identified.credential) if identified.credential else KEYPADS
            return TriesLeft(wait_s=self._wait_s(place, reading))
        return _NO_CODE

    def learn(self, order: Codes, now: Instant) -> None:
        """Take the codes that the centre gave."""
        self._add(order.codes, order.given_ms, now)

    def draw(self, volunteer: str, now: Instant) -> DrawnCode:
        """Draw a code for somebody whose telephone asked; nobody can use it before it is `handed_out`."""
        return one_time_code.draw(self._key, volunteer, now.wall_ms, self._book.lookups())

    def handed_out(self, code: OneTimeCode, telephone: str, now: Instant) -> None:
        """The log holds that the code was drawn: take it from now on."""
        self._add([code], now.wall_ms, now, telephone)

    def note_used(self, ref: str) -> None:
        """A code let somebody in or out."""
        if one_time_code.is_code(ref):
            self._book = self._book.with_used(ref)
            self._unkept = True

    def is_used(self, ref: str) -> bool:
        """Whether a code was used, whatever the clock said then."""
        return any(one.used and one.code.ref == ref for one in self._book.kept)

    def keep_uses(self) -> None:
        """Keep which codes were used: not at once, as the log holds it and somebody waits for the light."""
        if self._unkept:
            self._keep()

    def living(self, now: Instant) -> int:
        """How many codes this terminal would take now."""
        return self._book.living(self._boot, now)

    def _add(self, codes: Iterable[OneTimeCode], given_ms: int, now: Instant, telephone: str = "") -> None:
        before = self._book
        added = before.with_codes(codes, given_ms, self._boot, now, telephone)
        if added != before:
            self._book = added.without_old(self._boot, now)
            self._keep()

    def _keep(self) -> None:
        self._unkept = False
        if self._at_rest is None:
            return
        try:
            self._at_rest.keep(CODES, msgspec.json.encode(self._book.kept))
        except SettingsError as error:
            # They still hold here and now; after a restart the centre gives its own again.
            _logger.warning("codes_not_kept", error=error.trouble)

    def _pause_ms(self, place: str, reading: Reading) -> int:
        return self._limits.tries(place).pause_ms(reading.at.mono_ms)

    def _wait_s(self, place: str, reading: Reading) -> int | None:
        """Rounded up, so that whoever waits so long may try; None without a pause."""
        return -(-self._pause_ms(place, reading) // 1000) or None


def _kept_by(at_rest: AtRest | None) -> tuple[KeptCode, ...]:
    try:
        content = at_rest.read(CODES) if at_rest else None
        return msgspec.json.decode(content, type=tuple[KeptCode, ...]) if content else ()
    except (SettingsError, msgspec.DecodeError) as error:
        _logger.warning("codes_lost", error=str(error))
        return ()
