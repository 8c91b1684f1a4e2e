"""What the keys of the show do, in words. Pure."""

from enum import StrEnum


class Deed(StrEnum):
    """One thing that goes wrong, or is put right; by the key that does it."""

    NETWORK = "n"
    KILL = "k"
    POWER = "p"
    CLOCK = "c"
    UNPLUG = "u"
    BROKER = "b"
    RESTORE = "r"


GATE_KEYS = ("1", "2", "3")
"""Which terminal the next deed is done to."""
QUIT = "q"
KEYS = frozenset((*map(str, Deed), *GATE_KEYS, QUIT))

NAMES = {
    Deed.NETWORK: "network",
    Deed.KILL: "kill engine",
    Deed.POWER: "power",
    Deed.CLOCK: "clock",
    Deed.UNPLUG: "unplug",
    Deed.BROKER: "kill broker",
    Deed.RESTORE: "restore centre",
}
"""As the footer says them."""

OF_CENTRE = (Deed.BROKER, Deed.RESTORE)
"""Done to the centre's side; all others to the terminal that is picked."""
