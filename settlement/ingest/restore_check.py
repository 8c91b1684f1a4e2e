"""What a restored database lacks, as far as terminals have told of it or the archive keeps it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from django.db.models import F
from msgspec import Struct

from settlement.evidence.store import cursors_of
from settlement.models import Chain, Store
from sync.contract.spans import Span, uncovered

_NAME = re.compile(r"([0-9a-f]{32})-(\d+)-(\d+)\.muster")


class Where(StrEnum):
    """Where events are that the database lacks."""

    ARCHIVE = "archive"
    """In a file of the archive."""
    TERMINAL = "terminal"
    """The terminal has them, and sends them once it is connected."""
    NOWHERE = "nowhere"
    """The terminal has purged them, and no file of the archive here holds them."""


class Lacking(Struct, frozen=True):
    """Events `first` to `last` of an epoch; `file` is the one of the archive that holds them."""

    terminal: str
    epoch: str
    first: int
    last: int
    where: Where
    file: Path | None = None


def raise_generation() -> int:
    """This database is an older copy, put back: terminals see it by a higher number, and greet at once."""
    Store.objects.update(generation=F("generation") + 1)
    return Store.objects.values_list("generation", flat=True).get()


def lacking(archive: Path) -> Iterator[Lacking]:
    """Everything that is missing, by terminal and epoch; what nobody has told of since can't be known yet."""
    files = _files(archive)
    rows = {(row.terminal_id, row.epoch): row for row in Chain.objects.all()}
    told: dict[tuple[str, str], int] = {key: row.head for key, row in rows.items()}
    for row in rows.values():
        if row.previous_epoch:
            before = (row.terminal_id, row.previous_epoch)
            told[before] = max(told.get(before, 0), row.previous_seq)
    held = {(one.terminal, one.epoch): ((1, one.contiguous), *one.held) for one in cursors_of(rows.values())}
    for key in sorted({*told, *files}):
        terminal, epoch = key
        kept = files.get(key, {})
        top = max(told.get(key, 0), *(last for _, last in kept)) if kept else told.get(key, 0)
        oldest = rows[key].oldest if key in rows else 1
        for span in uncovered(1, top, _real(held.get(key, ()))):
            yield from _located(terminal, epoch, span, kept, oldest)


def _located(terminal: str, epoch: str, span: Span, kept: dict[Span, Path], oldest: int) -> Iterator[Lacking]:
    first, last = span
    for (begin, end), file in sorted(kept.items()):
        if begin <= last and end >= first:
            yield Lacking(terminal, epoch, max(begin, first), min(end, last), Where.ARCHIVE, file)
    for begin, end in uncovered(first, last, kept):
        if begin < oldest:
            yield Lacking(terminal, epoch, begin, min(end, oldest - 1), Where.NOWHERE)
        if end >= oldest:
            yield Lacking(terminal, epoch, max(begin, oldest), end, Where.TERMINAL)


def _real(spans: tuple[Span, ...]) -> list[Span]:
    return [span for span in spans if span[1] >= span[0]]


def _files(archive: Path) -> dict[tuple[str, str], dict[Span, Path]]:
    """What the names of the archive's files say, by terminal and epoch."""
    found: dict[tuple[str, str], dict[Span, Path]] = defaultdict(dict)
    for file in archive.glob("*/*.muster"):
        if name := _NAME.fullmatch(file.name):
            found[file.parent.name, name[1]][int(name[2]), int(name[3])] = file
    return dict(found)
