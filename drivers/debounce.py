"""Tells one presentation of a card from the many times that a reader reports it."""

import hashlib
import secrets

from drivers.reading import Instant, Secret


class CardPresence:
    """Remembers for a short while which cards lie on a reader; keeps digests, never what was on the card."""

    def __init__(self, *, gone_after_ms: int) -> None:
        self._gone_after_ms = gone_after_ms
        self._digest_key = secrets.token_bytes(32)
        self._last_seen_ms: dict[bytes, int] = {}

    def is_new(self, card: Secret, at: Instant) -> bool:
        """Note that `card` is seen at `at`; False while it merely stays."""
        self._forget(at)
        digest = hashlib.blake2b(card.reveal().encode(), key=self._digest_key, digest_size=16).digest()
        new = digest not in self._last_seen_ms
        self._last_seen_ms[digest] = at.mono_ms
        return new

    def is_anything_there(self, at: Instant) -> bool:
        """Whether some card was seen within the time after which it is gone."""
        self._forget(at)
        return bool(self._last_seen_ms)

    def forget(self) -> None:
        """Treat the next card as new, whatever it is."""
        self._last_seen_ms.clear()

    def _forget(self, at: Instant) -> None:
        self._last_seen_ms = {
            digest: seen_ms
            for digest, seen_ms in self._last_seen_ms.items()
            if at.mono_ms - seen_ms < self._gone_after_ms
        }
