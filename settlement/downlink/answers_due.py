"""Answers that nobody asked for: what the centre holds now of a log that came by file or from the archive.

The terminal goes on by itself then, without waiting for its next greeting.
"""

from settlement.centre import Centre
from settlement.downlink.served import EVERYBODY, Served
from settlement.evidence.store import cursors_of
from settlement.messages.acknowledgement import Echo, Publication, acknowledge
from settlement.models import Chain, TerminalStatus
from sync.contract.wire import MAX_HELLO_EPOCHS


def answers_due(centre: Centre, now_ms: int, served: Served = EVERYBODY) -> list[Publication]:
    """The acknowledgements that are due, once: one that is lost is made good by the next greeting."""
    due = served.among(TerminalStatus.objects.filter(answer_due=True, terminal__revoked_ms=None))
    found: list[Publication] = []
    for status in due.order_by("terminal_id"):
        TerminalStatus.objects.filter(pk=status.pk).update(answer_due=False)
        rows = Chain.objects.filter(terminal=status.terminal_id).order_by("-pk")[:MAX_HELLO_EPOCHS]
        found += [acknowledge(centre, cursor, now_ms, Echo()) for cursor in cursors_of(rows)]
    return found
