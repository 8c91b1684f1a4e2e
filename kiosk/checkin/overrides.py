"""What staff have set at the terminal until further notice; it wins over the settings."""

import dataclasses

import msgspec
import structlog
from msgspec import Struct

from foundation.errors import SettingsError
from kiosk.checkin.decision import Policy
from kiosk.storage.encrypted_files import AtRest
from sync.contract.remote_settings import TerminalDirection

_KEPT_AS = "orders"

_logger = structlog.get_logger()


class StaffOverrides(Struct, frozen=True):
    """Without a direction the settings decide, without an activity the roster's times."""

    direction: TerminalDirection | None = None
    activity: str = ""
    out_of_order: bool = False

    def applied(self, policy: Policy) -> Policy:
        """How the terminal decides under these overrides."""
        direction = policy.direction if self.direction is None else self.direction
        return dataclasses.replace(policy, direction=direction, out_of_order=self.out_of_order)

    @property
    def words(self) -> str:
        """The overrides as the log tells them."""
        direction, activity = self.direction or "as set", self.activity or "as planned"
        works = "out of order" if self.out_of_order else "in order"
        return f"direction {direction}, activity {activity}, {works}"


class OverridesFile:
    """The overrides of one terminal, kept on its disk."""

    def __init__(self, at_rest: AtRest) -> None:
        self._at_rest = at_rest

    def read(self) -> StaffOverrides:
        """The overrides that stand; none where nothing can be read, which is logged."""
        try:
            kept = self._at_rest.read(_KEPT_AS)
            return msgspec.json.decode(kept, type=StaffOverrides) if kept else StaffOverrides()
        except (SettingsError, msgspec.DecodeError) as error:
            _logger.warning("orders_unreadable", error=str(error))
            return StaffOverrides()

    def keep(self, overrides: StaffOverrides) -> None:
        """Keep them durably; raises SettingsError."""
        self._at_rest.keep(_KEPT_AS, msgspec.json.encode(overrides))
