"""Leading terminals on to the key that the centre signs with, as they greet, from the one they believe."""

from settlement.centre import Centre
from settlement.messages.acknowledgement import Publication
from settlement.models import Terminal
from sync.contract import wire
from sync.contract.wire import Hello


def handovers_due(centre: Centre, hello: Hello) -> tuple[Publication, ...]:
    """The handovers from the key that a terminal believes to the newest; before any answer, which that signs.

    A terminal that doesn't say whom it believes is told them all: what it knows it passes over.
    """
    topic = wire.topic("down", hello.terminal, "handover")
    return tuple(Publication(topic, sealed) for sealed in centre.keys.after(hello.believes or ""))


def beliefs() -> list[tuple[str, str]]:
    """Each terminal that is not revoked, and the id of the centre's key whose word it takes.

    By its last greeting; the id is empty for one that never greeted, and for software that doesn't say.
    """
    rows = Terminal.objects.filter(revoked_ms=None).order_by("id")
    return [(name, believes or "") for name, believes in rows.values_list("id", "status__believes")]
