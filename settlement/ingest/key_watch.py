"""Noticing that the centre's signing key was replaced while this process signs with the one before."""

import time
from dataclasses import replace

from settlement.centre import Centre, open_centre
from settlement.database.away import later_while_away
from settlement.database.known_keys import is_replaced
from settlement.settings import CentreSettings

LOOK_EVERY_S = 2.0


class KeyWatch:
    """Looks every few seconds which key the database knows."""

    def __init__(self, settings: CentreSettings) -> None:
        self._settings = settings
        self._due_s = 0.0

    def look(self, centre: Centre) -> Centre | None:
        """The centre with the key that is in force now; None while it is this one's, or nobody can say.

        Raises SettingsError where it lies on another machine only: what this one signs is believed no more.
        """
        if time.monotonic() < self._due_s:
            return None
        self._due_s = time.monotonic() + LOOK_EVERY_S
        with later_while_away():
            if is_replaced(self._settings, centre.key.public):
                return replace(open_centre(self._settings), generation=centre.generation)
        return None
