"""What the line asks of a broker, row by row, and what can be said of each. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Row(StrEnum):
    """One thing that is asked, in the order in which it is tried; words: `broker-row-…` in the catalogs."""

    LET_IN = "let_in"
    MQTT_5 = "mqtt_5"
    MQTT_311 = "mqtt_311"
    NO_CERTIFICATE = "no_certificate"
    FOREIGN_CERTIFICATE = "foreign_certificate"
    DELIVERY = "delivery"
    CANARY = "canary"
    CLIENT_ID = "client_id"
    WRITE_ACCESS = "write_access"
    READ_ACCESS = "read_access"
    ORDER = "order"
    SIZE = "size"
    IN_FLIGHT = "in_flight"
    SESSION = "session"
    WILL = "will"
    RETAINED = "retained"
    RETAINED_UP = "retained_up"
    SHARED = "shared"


class Mark(StrEnum):
    """How a row stands."""

    HOLDS = "holds"
    DOES_WITHOUT = "does_without"  # it does not hold, and Muster gets along
    FAILS = "fails"
    UNTRIED = "untried"


class Said(StrEnum):
    """Which sentence of a row says what was seen: the attribute of its message."""

    HOLDS = "holds"
    FAILS = "fails"
    DEAF = "deaf"
    TOLD = "told"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a row; `detail` is the same in every language: topics, numbers, the broker's word."""

    row: Row
    mark: Mark
    said: Said
    detail: str = ""

    @property
    def wants_mending(self) -> bool:
        """Whether somebody should do something about it, or know what it costs."""
        return self.mark in {Mark.FAILS, Mark.DOES_WITHOUT}
