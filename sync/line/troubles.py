"""What can be wrong with the line between a terminal and the centre."""

from enum import StrEnum


class LineTrouble(StrEnum):
    """The codes of `error-…` in the catalogs for the line."""

    BROKER_AWAY = "broker_away"
    BROKER_REFUSES = "broker_refuses"
    BROKER_UNREACHABLE = "broker_unreachable"
    CENTRE_HOLDS_OTHERS = "centre_holds_others"
    CERTIFICATES_NOT_USABLE = "certificates_not_usable"
    EVENTS_REFUSED = "events_refused"
    PAUSES_CONTRADICT = "pauses_contradict"
