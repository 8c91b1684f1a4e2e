"""The listener keeps the broker's certificate and its own alive: looked at daily, renewed at half life."""

import time
from collections.abc import Callable

import structlog

from foundation.errors import SettingsError
from settlement.authority.own_certificates import BROKER, renew_due
from settlement.authority.reload import ReloadError, run_reload
from settlement.database.away import later_while_away
from settlement.database.first_start import alone
from settlement.settings import CentreSettings

LOOK_EVERY_S = 86_400.0
AGAIN_AFTER_S = 3600.0
"""After something went wrong."""

_logger = structlog.get_logger()


class Upkeep:
    """Looks when it is time; what goes wrong is told in the logs and stops nobody."""

    def __init__(self, settings: CentreSettings, mono_s: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._mono_s = mono_s
        self._due_s = float("-inf")
        self._reload_owed = False

    def step(self) -> None:
        """Look if it is time; the listener's own new certificate is used from its next connection on."""
        if self._mono_s() < self._due_s:
            return
        self._due_s = self._mono_s() + AGAIN_AFTER_S
        with later_while_away():
            self._look()

    def _look(self) -> None:
        try:
            with alone(self._settings):  # of several listeners one renews, and the next finds it done
                renewed = renew_due(self._settings)
        except (SettingsError, OSError) as error:
            _logger.error("certificates_not_renewed", error=str(error))  # noqa: TRY400 - the sentence says it
            return
        if renewed:
            _logger.info("certificates_renewed", whose=renewed)
        self._reload_owed |= BROKER in renewed
        if self._reload_owed:
            try:
                run_reload(self._settings.authority.broker_reload)
            except ReloadError as error:
                _logger.error("broker_not_reloaded", error=str(error))  # noqa: TRY400 - the sentence says it
                return
            self._reload_owed = False
        self._due_s = self._mono_s() + LOOK_EVERY_S
