"""The short code of a check-out: nine signs and a check sign, told from what is in the log. Pure.

It says nothing by itself: whoever holds the log and the pseudonym key finds the event that it came from. It
holds the quarter of an hour of the event, so that few need be tried, and an authenticator of its place in the
chain and of the chain's hash there. Nothing is stored for it, and who has no key can make none up.
"""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, 1, I, L and O. As many as a prime, so the check sign finds each wrong and each swapped pair."""
LENGTH = 10
WINDOW_MS = 900_000
WINDOWS = 1 << 16
"""After so many quarters of an hour, nearly two years, they begin again."""
_AUTHENTICATORS = 1 << 28


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a code says: in which window of each round of windows, and which authenticator."""

    window: int
    authenticator: int

    @property
    def code(self) -> str:
        """As it is shown: two groups of five."""
        number, signs = self.window * _AUTHENTICATORS + self.authenticator, ""
        for _ in range(LENGTH - 1):
            number, place = divmod(number, len(SIGNS))
            signs = SIGNS[place] + signs
        signs += _check_sign(signs)
        return f"{signs[: LENGTH // 2]}-{signs[LENGTH // 2 :]}"

    def began_ms(self, before_ms: int, rounds: int) -> list[int]:
        """When its windows began (UTC, in milliseconds), up to `before_ms`, the last `rounds` of them."""
        newest = before_ms // WINDOW_MS
        last = newest - (newest - self.window) % WINDOWS
        return [one * WINDOW_MS for one in range(last, -1, -WINDOWS)][:rounds]


def receipt_of(key: bytes, terminal: str, epoch: str, seq: int, digest: bytes, wall_ms: int) -> Receipt:
    """The receipt of the event at that place; `digest` is the chain's hash there, `wall_ms` its own time."""
    place = f"muster/1/receipt\0{terminal}\0{epoch}\0{seq}\0".encode()
    made = hmac.digest(key, place + digest, hashlib.sha256)
    return Receipt(wall_ms // WINDOW_MS % WINDOWS, int.from_bytes(made[:8]) % _AUTHENTICATORS)


def read_receipt(typed: str) -> Receipt | None:
    """What somebody copied, in any case and grouping; None for what is no code, or was copied wrong."""
    signs = "".join(one for one in unicodedata.normalize("NFKC", typed).upper() if one.isalnum())
    if len(signs) != LENGTH or not set(signs) <= set(SIGNS) or _check_sign(signs[:-1]) != signs[-1]:
        return None
    number = 0
    for sign in signs[:-1]:
        number = number * len(SIGNS) + SIGNS.index(sign)
    window, authenticator = divmod(number, _AUTHENTICATORS)
    return Receipt(window, authenticator) if window < WINDOWS else None


def _check_sign(signs: str) -> str:
    weighed = sum(weight * SIGNS.index(sign) for weight, sign in enumerate(signs, start=2))
    return SIGNS[-weighed % len(SIGNS)]
