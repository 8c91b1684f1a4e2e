"""From a message on the wire to durable rows and the answer: receive first, judge later.

One transaction per message. The answer exists only once the transaction is committed; the caller publishes
it and then acknowledges to the broker. Delivered twice, out of order or after a crash, a message changes
nothing that it has changed before.
"""

from collections.abc import Callable
from dataclasses import replace

import structlog
from django.db import transaction

from foundation.errors import MessageError
from settlement.centre import Centre
from settlement.database.away import is_away
from settlement.downlink.codes import living_codes
from settlement.downlink.handovers import handovers_due
from settlement.downlink.wipes import note_obeyed, order_wipe
from settlement.evidence.hello import store_hello
from settlement.evidence.log_alarms import is_doubted
from settlement.evidence.store import Stored, cursor_at, store_batch
from settlement.messages import quarantine
from settlement.messages.acknowledgement import (
    Answer,
    Cursor,
    Echo,
    acknowledge,
    as_reject,
    refuse_unbelieved,
)
from settlement.messages.known_terminals import known_terminal
from settlement.messages.verification import (
    KnownTerminal,
    UpKind,
    UpTopic,
    VerifiedBatch,
    last_word,
    open_batch,
    read_topic,
    verify_batch,
    verify_hello,
)
from sync.contract.signing import VerifyKey
from sync.contract.wire import BatchHeader, RejectCode

TRIES = 3
"""How often a batch is tried before an error of our own stops keeping it from being stored raw."""

_logger = structlog.get_logger()


def ingest(
    topic: str,
    payload: bytes,
    received_ms: int,
    *,
    centre: Centre,
    archive_key: VerifyKey | None = None,
    keeps_junk: Callable[[str], bool] = lambda sender: True,  # noqa: ARG005 - all of it
) -> Answer:
    """Take one message as it came from the broker; `received_ms` is the centre's UTC.

    `archive_key`, a key of the centre's own, is believed instead of the terminal's.
    `keeps_junk` says whether what can't be believed is kept, and answered, of this sender ("" a stranger).

    Raises an error of the database while it is away (`settlement.database.away`): nothing was stored, and
    the same message must be tried again.
    """
    try:
        address = read_topic(topic)
    except MessageError as error:
        if keeps_junk(quarantine.STRANGER):
            _quarantine(quarantine.STRANGER, topic, payload, error, received_ms, centre)
        return Answer(rejected=RejectCode(error.code))
    terminal = known_terminal(address.terminal)
    if archive_key and terminal:
        terminal = replace(terminal, key=archive_key)
    try:
        if address.kind is UpKind.HELLO:
            return _greet(address, payload, terminal, received_ms, centre)
        header, body = verify_batch(address, payload, terminal, centre.realm)
    except MessageError as error:
        keeper = terminal.terminal if terminal else quarantine.STRANGER
        if keeps_junk(keeper):
            _quarantine(keeper, topic, payload, error, received_ms, centre)
            refusal = refuse_unbelieved(centre, address.terminal, error, received_ms)
        else:
            refusal = Answer(rejected=RejectCode(error.code))
        greeting = last_word(payload, terminal) if terminal and address.kind is UpKind.HELLO else None
        if terminal is None or greeting is None:
            return refusal
        if greeting.revoked is True:
            note_obeyed(terminal.terminal, received_ms)
        order = order_wipe(centre, terminal.terminal, terminal.key, received_ms)
        handovers = handovers_due(centre, greeting)
        return replace(refusal, publications=(*handovers, *refusal.publications, order))
    return _take_batch(topic, payload, header, body, received_ms, centre)


def _greet(
    address: UpTopic, payload: bytes, terminal: KnownTerminal | None, received_ms: int, centre: Centre
) -> Answer:
    hello = verify_hello(address, payload, terminal, centre.realm)
    with transaction.atomic(durable=True):
        cursors = store_hello(hello, received_ms)
    echo = Echo(hello.boot, hello.mono_ms)
    doubted = is_doubted(hello.terminal)
    acknowledged = tuple(
        acknowledge(centre, replace(cursor, doubted=doubted), received_ms, echo) for cursor in cursors
    )
    living = living_codes(centre, hello.terminal, received_ms)
    return Answer((*handovers_due(centre, hello), *acknowledged, *living))


def _take_batch(
    topic: str, payload: bytes, header: BatchHeader, body: bytes, received_ms: int, centre: Centre
) -> Answer:
    """Store an authentic batch, or say why it can't be stored, beside the cursor that the centre has."""
    try:
        stored = _store(open_batch(header, body), received_ms)
        refused = stored.refused
        cursor = stored.cursor
    except MessageError as error:
        refused, cursor = error, cursor_at(header.terminal, header.epoch)
    if refused is not None:
        _quarantine(header.terminal, topic, payload, refused, received_ms, centre)
    return _answer(header, cursor, refused, received_ms, centre)


def _store(batch: VerifiedBatch, received_ms: int) -> Stored:
    """Store the batch in one durable transaction; after three errors of our own, raw and unread."""
    header = batch.header
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic(durable=True):
                return store_batch(batch, received_ms)
        except Exception as error:  # whatever our bug is, evidence must not be lost for it
            if is_away(error):
                raise
            _logger.exception(
                "own_error", terminal=header.terminal, epoch=header.epoch, first=header.first, attempt=attempt
            )
    with transaction.atomic(durable=True):
        return store_batch(batch, received_ms, judged=False)


def _answer(
    header: BatchHeader, cursor: Cursor, refused: MessageError | None, received_ms: int, centre: Centre
) -> Answer:
    rejects = (as_reject(refused, header.first, header.last),) if refused else ()
    echo = Echo(header.boot, header.mono_ms)
    told = replace(cursor, doubted=is_doubted(header.terminal))
    publication = acknowledge(centre, told, received_ms, echo, rejects)
    return Answer((publication,), rejects[0].code if rejects else None)


def _quarantine(
    terminal: str, topic: str, payload: bytes, error: MessageError, now_ms: int, centre: Centre
) -> None:
    quarantine.keep(terminal, topic, payload, error, now_ms, centre.quarantine)
    _logger.warning("message_refused", terminal=terminal, code=error.code, why=error.what)
