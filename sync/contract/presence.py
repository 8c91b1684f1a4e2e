"""What an attendance event says of where somebody stands; pure, and the same at both ends of the line."""

from sync.contract.events import CheckIn, CheckOut, Manual, Toggle

Movement = CheckIn | CheckOut | Toggle | Manual
"""Events by which somebody comes or leaves."""


def is_in_after(event: Movement, *, was_in: bool = False) -> bool:
    """Whether somebody is in after the event; a toggle, of older terminals, turns what was."""
    match event:
        case Manual():
            return event.direction == "in"
        case Toggle():
            return not was_in
    return isinstance(event, CheckIn)
