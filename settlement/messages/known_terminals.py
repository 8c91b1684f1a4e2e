"""What the centre knows of a terminal that claims to speak."""

from settlement.messages.verification import KnownTerminal
from settlement.models import Terminal
from sync.contract.signing import VerifyKey


def known_terminal(name: str) -> KnownTerminal | None:
    """The enrolled terminal of that name, or None."""
    row = Terminal.objects.filter(id=name).first()
    if row is None:
        return None
    return KnownTerminal(row.id, row.bucket, VerifyKey.from_hex(row.public_key), row.revoked_ms is not None)
