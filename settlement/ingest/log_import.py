"""Taking a terminal's log from a file: every message goes the way of one that the broker brought.

A file of the centre's own archive is taken too: it gives a database back what an older copy of it lacks.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from foundation.clock import Clock
from foundation.errors import MessageError
from foundation.trouble import Trouble
from settlement.centre import Centre
from settlement.ingest.ingest import ingest
from settlement.messages.verification import read_topic
from settlement.models import TerminalStatus
from sync.contract import wire
from sync.contract.file import read_carried
from sync.contract.signing import VerifyKey


@dataclass(slots=True)
class Imported:
    """What became of a file's messages: `taken` are in the database, `refused` counts reasons.

    `broken_off` is what was wrong when the file was not whole.
    """

    taken: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    broken_off: Trouble | None = None


def import_log(path: Path, centre: Centre, clock: Clock) -> Imported:
    """Take every message of the file; those that were taken before change nothing.

    Raises SettingsError when the file can't be read, django.db.OperationalError while the database can't be
    reached; importing it again goes on from there.
    """
    imported = Imported()
    terminals: set[str] = set()
    try:
        for carried in read_carried(path):
            message = carried.message.encode()
            answer = ingest(
                carried.topic,
                message,
                clock.wall_ms(),
                centre=centre,
                archive_key=_archive_key(centre, message),
            )
            if answer.rejected is None:
                imported.taken += 1
                terminals.add(read_topic(carried.topic).terminal)
            else:
                imported.refused[answer.rejected] += 1
    except MessageError as error:
        imported.broken_off = error.trouble
    # The listener tells them what is here now, and they go on from there.
    TerminalStatus.objects.filter(terminal__in=terminals).update(answer_due=True)
    return imported


def _archive_key(centre: Centre, message: bytes) -> VerifyKey | None:
    """The key of the centre's own that the envelope names; the seal itself is verified later, as ever."""
    try:
        named = wire.read_envelope(message).key
    except MessageError:
        return None
    return next((key for key in centre.keys.keys if key.key_id == named), None)
