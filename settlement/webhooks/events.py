"""Of what a webhook tells, and how a message stands."""

from enum import StrEnum


class LineEvent(StrEnum):
    """What became of a line's approved time: the type of a message."""

    SETTLED = "lines.settled"  # approved for the first time
    CHANGED = "lines.changed"  # approved before, and another time now
    WITHDRAWN = "lines.withdrawn"  # approved before, and nothing now


TRIAL = "webhook.trial"
"""The type of a message that somebody asked for, to see whether it arrives."""


class DeliveryState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
