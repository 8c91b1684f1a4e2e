"""Storing a terminal's signed events: each place of its log once, in order, never overwritten."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from foundation.errors import MessageError
from settlement.evidence.alarm_codes import CentreAlarm
from settlement.evidence.answered_orders import ANSWERS, note_answers
from settlement.evidence.attribution import attribute_unnamed, mark_unsettled, master_data_for, status_of
from settlement.evidence.branches import look_for_branches
from settlement.evidence.groups import KIND as IN_GROUPS
from settlement.evidence.groups import note_groups
from settlement.evidence.judge import SCANS, Judgement, ReviewReason, attribute, judge
from settlement.evidence.log_alarms import raise_alarm
from settlement.evidence.one_time_uses import note_uses
from settlement.evidence.roll_calls import ROLL_CALLS, enter_roll_calls
from settlement.evidence.staff_messages import MESSAGES, note_messages
from settlement.evidence.walk_ins import KIND as BY_HAND
from settlement.evidence.walk_ins import note_walk_ins
from settlement.look_up import portions
from settlement.messages.acknowledgement import Cursor, start_of
from settlement.messages.verification import VerifiedBatch
from settlement.models import Chain, Event, ForkEvidence
from settlement.troubles import CentreTrouble
from sync.contract import chain as links
from sync.contract.event_places import EventId
from sync.contract.wire import RejectCode

MOST_RANGES = 64
"""How many ranges above a gap an acknowledgement names at most."""

_INSERT = (
    "INSERT INTO settlement_event (chain_id, seq, raw, hash, kind, boot, mono_ms, wall_ms, received_ms,"
    " clock_doubtful, volunteer_id, status, review_reason)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
# Consecutive numbers share the difference between number and rank.
_HELD = """
SELECT chain_id, first, last FROM (
    SELECT chain_id, min(seq) AS first, max(seq) AS last,
           row_number() OVER (PARTITION BY chain_id ORDER BY min(seq)) AS place
    FROM (
        SELECT chain_id, seq, seq - row_number() OVER (PARTITION BY chain_id ORDER BY seq) AS island
        FROM settlement_event JOIN settlement_chain ON settlement_chain.id = chain_id
        WHERE chain_id IN ({places}) AND seq > contiguous
    ) AS numbered GROUP BY chain_id, island
) AS ranges WHERE place <= %s ORDER BY chain_id, first
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a batch came to: the cursor after it, and why it was refused, if it was."""

    cursor: Cursor
    refused: MessageError | None = None
    new_events: int = 0


def store_batch(batch: VerifiedBatch, received_ms: int, *, judged: bool = True) -> Stored:
    """Store the events that are new, advance the cursor and mark the volunteers; needs an open transaction.

    A batch that contradicts what is held is refused as a chain break: its conflicting events are kept as
    fork evidence, and nothing else of it. With `judged` false nothing is read in the events (after an error
    of our own): they are stored raw, for a person to look at.
    """
    header = batch.header
    row = _locked_chain(header.terminal, header.epoch)
    present = _hashes(row, header.first - 1, header.last)
    if refused := _contradiction(batch, row, present, received_ms):
        return Stored(cursor_of(row), refused)
    fresh = [
        (seq, raw, digest)
        for seq, (raw, digest) in enumerate(zip(batch.events, batch.hashes, strict=True), header.first)
        if seq not in present
    ]
    if fresh:
        volunteers = _insert(row, fresh, received_ms, judged=judged)
        mark_unsettled(volunteers, received_ms)
    _advance(row, header.first, header.last, header.head, received_ms)
    if fresh and judged:
        look_for_branches(row, fresh[0][1] if fresh[0][0] == 1 else None, received_ms)
    return Stored(cursor_of(row), None, len(fresh))


def cursor_at(terminal: str, epoch: str) -> Cursor:
    """The cursor of an epoch, known or not."""
    row = Chain.objects.filter(terminal=terminal, epoch=epoch).first()
    return cursor_of(row) if row else start_of(terminal, epoch)


def cursor_of(row: Chain) -> Cursor:
    """The cursor as it stands in the row, with what is held above a gap."""
    return cursors_of([row])[0]


def cursors_of(rows: Iterable[Chain]) -> list[Cursor]:
    """The cursors of several epochs, by one look at what is held above their gaps."""
    rows = list(rows)
    held: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for gapped in portions([row.pk for row in rows if row.head > row.contiguous]):
        with connection.cursor() as cursor:
            places = ", ".join(["%s"] * len(gapped))
            cursor.execute(_HELD.format(places=places), (*gapped, MOST_RANGES))
            for chain, first, last in cursor.fetchall():
                held[chain].append((first, last))
    return [
        Cursor(row.terminal_id, row.epoch, row.contiguous, row.hash, tuple(held[row.pk]), row.archived)
        for row in rows
    ]


def _locked_chain(terminal: str, epoch: str) -> Chain:
    """The epoch's row, locked until the transaction ends: no other batch of it is stored meanwhile."""
    rows = Chain.objects.select_for_update(no_key=True)
    row = rows.filter(terminal=terminal, epoch=epoch).first()
    if row is None:
        made, _ = Chain.objects.get_or_create(
            terminal_id=terminal, epoch=epoch, defaults={"hash": start_of(terminal, epoch).hash}
        )
        row = rows.get(pk=made.pk)
    return row


def _hashes(row: Chain, first: int, last: int) -> dict[int, bytes]:
    """The hashes held at `first`..`last`."""
    found = Event.objects.filter(chain=row, seq__gte=first, seq__lte=last).values_list("seq", "hash")
    return {seq: bytes(digest) for seq, digest in found}


def _contradiction(
    batch: VerifiedBatch, row: Chain, present: dict[int, bytes], received_ms: int
) -> MessageError | None:
    """Why the batch can't belong to the chain that is held, if so; keeps what claims a taken place."""
    header = batch.header
    forks = [
        ForkEvidence(chain=row, seq=seq, hash=digest, raw=raw, received_ms=received_ms)
        for seq, (raw, digest) in enumerate(zip(batch.events, batch.hashes, strict=True), header.first)
        if present.get(seq, digest) != digest
    ]
    if header.first == 1:
        before: bytes | None = links.genesis(row.terminal_id, row.epoch)
    else:
        before = present.get(header.first - 1)
    if not forks and (before is None or before.hex() == header.prev):
        return None
    ForkEvidence.objects.bulk_create(forks, ignore_conflicts=True)
    _raise_fork(row, (forks[0].seq if forks else header.first) - 1, header.head, received_ms)
    return MessageError(
        RejectCode.CHAIN, CentreTrouble.EVENTS_CONTRADICT, first=header.first, last=header.last
    )


def _insert(
    row: Chain, fresh: Sequence[tuple[int, bytes, bytes]], received_ms: int, *, judged: bool
) -> set[int]:
    """Insert the events; returns the volunteers whose settlement they can change."""
    if judged:
        judgements = [
            judge(raw, EventId(row.terminal_id, row.epoch, seq), received_ms) for seq, raw, _ in fresh
        ]
        known = master_data_for(judgements)
        owners = [attribute(judgement, known) for judgement in judgements]
    else:
        judgements = [Judgement(review=ReviewReason.OWN_ERROR)] * len(fresh)
        owners = [(None, ReviewReason.OWN_ERROR)] * len(fresh)
    values = [
        (
            row.pk, seq, raw, digest, found.kind, found.boot, found.mono_ms, found.wall_ms, received_ms,
            found.clock_doubtful, volunteer, str(status_of(review)), str(review or ""),
        )
        for (seq, raw, digest), found, (volunteer, review) in zip(fresh, judgements, owners, strict=True)
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, values)
    reused = note_uses(
        [
            (once, row.pk, seq)
            for (seq, _, _), found in zip(fresh, judgements, strict=True)
            if found.kind in SCANS and (once := found.once)
        ]
    )
    volunteers = {volunteer for volunteer, _ in owners if volunteer is not None} | reused
    note_answers(
        row.terminal_id,
        [raw for (_, raw, _), found in zip(fresh, judgements, strict=True) if found.kind == ANSWERS],
        received_ms,
    )
    read = list(zip(fresh, judgements, strict=True))
    note_walk_ins(row.pk, [(seq, raw) for (seq, raw, _), found in read if found.kind == BY_HAND], received_ms)
    note_groups(row.pk, [(seq, raw) for (seq, raw, _), found in read if found.kind == IN_GROUPS])
    for kind, take_down in ((ROLL_CALLS, enter_roll_calls), (MESSAGES, note_messages)):
        take_down(row, [(seq, raw) for (seq, raw, _), found in read if found.kind == kind], received_ms)
    unnamed = [seq for (seq, _, _), found in zip(fresh, judgements, strict=True) if found.is_unnamed]
    if unnamed:
        volunteers |= attribute_unnamed(row.pk, unnamed)
    if any(found.kind == "clock_anchor" for found in judgements):
        # A new anchor can date what came from a clock that nobody trusted.
        doubtful = Event.objects.filter(
            chain__terminal=row.terminal_id, clock_doubtful=True, volunteer__isnull=False
        )
        volunteers.update(doubtful.values_list("volunteer__number", flat=True).distinct())
    return volunteers


def _raise_fork(row: Chain, agreed: int, shown_by: str, now_ms: int) -> None:
    raise_alarm(
        row.terminal_id,
        CentreAlarm.FORK,
        now_ms,
        epoch=row.epoch,
        seq=agreed,
        shown_by=shown_by,
        detail=f"two events claim place {agreed + 1} of epoch {row.epoch[:8]}",
    )


def _advance(row: Chain, first: int, last: int, head: str, now_ms: int) -> None:
    """Move the cursor over the batch and over whatever is held behind it, as far as the chain links."""
    row.head = max(row.head, last)
    if first <= row.contiguous + 1 and last > row.contiguous:
        row.contiguous, row.hash = last, head
        if row.head > last:
            _jump(row, now_ms)
    row.save(update_fields=["contiguous", "hash", "head"])


def _jump(row: Chain, now_ms: int) -> None:
    """Move the cursor over the events that were held above a gap."""
    digest = bytes.fromhex(row.hash)
    held = Event.objects.filter(chain=row, seq__gt=row.contiguous).order_by("seq")
    for seq, raw, held_digest in held.values_list("seq", "raw", "hash").iterator(chunk_size=500):
        if seq != row.contiguous + 1:
            break
        digest = links.link(digest, bytes(raw))
        if digest != bytes(held_digest):
            _raise_fork(row, seq - 1, bytes(held_digest).hex(), now_ms)
            break
        row.contiguous, row.hash = seq, digest.hex()
