"""What those are called who walked in today: the only name of theirs that the terminal keeps.

It is kept encrypted for a day, so that staff see who is here and write down that they left. The telephone is
never kept, and what the log holds only the centre can open.
"""

import msgspec
import structlog
from msgspec import Struct

from foundation.errors import SettingsError
from kiosk.storage.encrypted_files import AtRest

KEPT_AS = "walk_ins"
KEPT_MS = 86_400_000

_logger = structlog.get_logger()


class _Named(Struct, frozen=True):
    name: str
    since_ms: int


class WalkIns:
    """Names by the references that stand for them in the log; without `at_rest` a restart forgets them."""

    def __init__(self, at_rest: AtRest | None) -> None:
        self._at_rest = at_rest
        self._named: dict[str, _Named] = {}
        try:
            kept = at_rest.read(KEPT_AS) if at_rest else None
            self._named = msgspec.json.decode(kept, type=dict[str, _Named]) if kept else {}
        except (SettingsError, msgspec.DecodeError) as error:
            _logger.warning("walk_ins_not_read", error=str(error))

    def note(self, reference: str, name: str, now_ms: int) -> None:
        """Keep a name for a day (UTC milliseconds)."""
        self._named[reference] = _Named(name, now_ms)
        self._keep()

    def forget_old(self, now_ms: int) -> None:
        """Delete the names that were kept for a day; a clock that was set back keeps none for longer."""
        held = {ref: one for ref, one in self._named.items() if abs(now_ms - one.since_ms) < KEPT_MS}
        if len(held) < len(self._named):
            self._named = held
            self._keep()

    def name(self, reference: str) -> str:
        """What somebody is called; "" for nobody of today."""
        known = self._named.get(reference)
        return known.name if known else ""

    def find(self, text: str) -> list[str]:
        """The references of those in whose name the text stands, in whatever case."""
        wanted = text.strip().casefold()
        return [ref for ref, one in self._named.items() if wanted and wanted in one.name.casefold()]

    def _keep(self) -> None:
        if self._at_rest is None:
            return
        try:
            self._at_rest.keep(KEPT_AS, msgspec.json.encode(self._named))
        except SettingsError as error:  # shown all the same, until the engine ends
            _logger.warning("walk_ins_not_kept", error=error.trouble)
