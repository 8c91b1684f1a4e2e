"""How large a volunteer's number may be: twelve digits, which fit into the six bytes of a badge."""

from typing import Final

MAX_VOLUNTEER: Final = 10**12 - 1
