"""Telling revoked terminals to forget what they hold: who is connected at once, the others as they greet.

The broker is told to refuse a terminal only afterwards (`settlement.authority.revocation`): whom it refuses
can't be told any more.
"""

from settlement.centre import Centre
from settlement.downlink.served import EVERYBODY, Served
from settlement.messages.acknowledgement import Publication, give_order
from settlement.messages.known_terminals import key_of
from settlement.models import Terminal
from sync.contract.downlink import Wipe
from sync.contract.signing import VerifyKey

WIPED_WITHIN_MS = 600_000
"""An order to forget that took longer is not obeyed; the next greeting is answered with another."""


def order_wipe(centre: Centre, terminal: str, key: VerifyKey, now_ms: int) -> Publication:
    """The order to the owner of this key; enrolled anew with another, a terminal passes over it."""
    return give_order(centre, terminal, Wipe(key.key_id), now_ms, WIPED_WITHIN_MS)


def new_wipes(
    centre: Centre, told: set[tuple[str, int | None]], now_ms: int, served: Served = EVERYBODY
) -> list[Publication]:
    """Orders to whoever is revoked and has not obeyed, unless it is among those `told`; it is from now on."""
    rows = Terminal.objects.filter(revoked_ms__isnull=False, wiped_ms=None, realm=centre.realm)
    due = [row for row in served.among(rows, "bucket").order_by("id") if (row.id, row.revoked_ms) not in told]
    told.update((row.id, row.revoked_ms) for row in due)
    keys = {row.id: key for row in due if (key := key_of(row))}
    Terminal.objects.filter(id__in=keys).update(wipe_told_ms=now_ms)
    return [order_wipe(centre, terminal, key, now_ms) for terminal, key in keys.items()]


def note_obeyed(terminal: str, now_ms: int) -> None:
    """The terminal says that it knows of its revocation, and forgot what it held."""
    Terminal.objects.filter(id=terminal, revoked_ms__isnull=False, wiped_ms=None).update(wiped_ms=now_ms)
