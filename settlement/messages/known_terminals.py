"""What the centre knows of a terminal that claims to speak."""

import structlog

from foundation.errors import SettingsError
from settlement.messages.verification import KnownTerminal
from settlement.models import Terminal
from sync.contract.signing import VerifyKey

_logger = structlog.get_logger()


def known_terminal(name: str) -> KnownTerminal | None:
    """The enrolled terminal of that name, or None."""
    row = Terminal.objects.filter(id=name).first()
    key = key_of(row) if row else None
    if row is None or key is None:
        return None
    return KnownTerminal(row.id, row.bucket, key, row.revoked_ms is not None)


def key_of(row: Terminal) -> VerifyKey | None:
    """The key by which it is believed; None where what stands there is none, which the logs tell.

    One spoilt row must not end the listener for all others.
    """
    try:
        return VerifyKey.from_hex(row.public_key)
    except SettingsError as error:
        _logger.warning("terminal_key_unusable", terminal=row.id, error=error.trouble)
        return None
