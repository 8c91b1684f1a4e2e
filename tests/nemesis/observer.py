"""What the centre holds and claims at one moment: `main(SETTINGS, FILE)` writes it there as JSON.

Everything is read in one transaction, so that what it claims can be held against what it has.
"""

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct


class Row(Struct, frozen=True):
    """A stored event; `presented` tells two presentations apart, empty where nobody presented anything."""

    terminal: str
    epoch: str
    seq: int
    digest: str
    presented: str
    chain_holds: bool


class Claim(Struct, frozen=True):
    """What the centre says of a terminal's log; times are UTC milliseconds."""

    terminal: str
    missing: int
    complete_until_ms: int | None
    alarms: list[str]


class Seen(Struct, frozen=True):
    """All of it."""

    rows: list[Row]
    claims: list[Claim]
    unsettled: int


def main(config: str, file: str) -> None:
    """Look, and write what is seen."""
    from settlement.setup import start

    start(Path(config))
    from django.db import connection, transaction

    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        seen = _look()
    place = Path(file)
    unfinished = place.with_suffix(".unfinished")
    unfinished.write_bytes(msgspec.json.encode(seen))
    unfinished.replace(place)


def _look() -> Seen:
    from settlement.models import Chain, LogAlarm, Site, Unsettled
    from settlement.review.completeness import evidence_of

    alarms = list(LogAlarm.objects.filter(settled_ms=None).values_list("terminal_id", "code"))
    claims = [
        Claim(
            one.terminal,
            len(one.missing),
            one.complete_until_ms,
            sorted(code for terminal, code in alarms if terminal == one.terminal),
        )
        for site in Site.objects.all()
        for one in evidence_of(site)
    ]
    rows = [row for chain in Chain.objects.order_by("pk") for row in _rows_of(chain)]
    return Seen(rows, claims, Unsettled.objects.count())


def _rows_of(chain: object) -> list[Row]:
    from settlement.models import Chain, Event
    from sync.contract.chain import genesis, link
    from sync.contract.events import CheckIn, CheckOut, decode

    assert isinstance(chain, Chain)
    rows, head = [], genesis(chain.terminal_id, chain.epoch)
    for seq, raw, stored in (
        Event.objects.filter(chain=chain).order_by("seq").values_list("seq", "raw", "hash")
    ):
        event, follows = decode(bytes(raw)), len(rows) == seq - 1
        head = link(head, bytes(raw)) if follows else bytes(stored)
        presented = (
            f"{chain.terminal_id} {event.credential.ref} {event.boot} {event.mono_ms}"
            if isinstance(event, CheckIn | CheckOut)
            else ""
        )
        digest = hashlib.sha256(bytes(raw)).hexdigest()
        rows.append(Row(chain.terminal_id, chain.epoch, seq, digest, presented, head == bytes(stored)))
    return rows
