"""What the terminals' logs and the centre's database hold, read beside those who write; asks no program."""

import contextlib
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from muster.demo.show.gate import Gate
from muster.demo.show.tally import Held, Record
from sync.contract.events import CheckIn, CheckOut, Direction, decode

_STORED = """
SELECT chain.terminal_id, event.seq, event.volunteer_id, event.kind, event.raw
FROM settlement_event AS event JOIN settlement_chain AS chain ON chain.id = event.chain_id
WHERE event.kind IN ('check_in', 'check_out')
"""
_SESSIONS = "SELECT volunteer_id, in_event, out_event FROM settlement_session"
_LEFT_OUT = """
SELECT chain.terminal_id, event.seq, event.volunteer_id, event.kind
FROM settlement_eventoutcome AS outcome JOIN settlement_chain AS chain ON chain.id = outcome.chain_id
JOIN settlement_event AS event ON event.chain_id = outcome.chain_id AND event.seq = outcome.seq
WHERE event.kind IN ('check_in', 'check_out')
"""
"""What the settler looked at and put into no stay, with its reason: it is settled, too."""
_WAITING = "SELECT count(*) FROM settlement_unsettled"
_OPEN = "SELECT count(*) FROM settlement_session WHERE is_open"
_GENERATION = "SELECT generation FROM settlement_store"
_DIRECTIONS = {"check_in": Direction.IN, "check_out": Direction.OUT}
_BADGE = re.compile(r"badge:(\d+)\.\d+")


class Centre(Struct, frozen=True):
    """The centre's counters: `stays`, `open` of them, people whose hours are `waiting` to be settled."""

    stored: int = 0
    stays: int = 0
    open: int = 0
    waiting: int = 0
    generation: int = 1
    answers: bool = True


def count(gates: Iterable[Gate], database: Path) -> tuple[Held, Centre]:
    """Look at all of it: first the logs, then the centre, for what is logged may arrive meanwhile."""
    logged = [record for gate in gates for record in _logged(gate)]
    try:
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as reading:
            reading.execute("BEGIN")  # all of one moment
            stored = [
                Record(terminal, seq, number or _number_in(raw), _DIRECTIONS[kind])
                for terminal, seq, number, kind, raw in reading.execute(_STORED)
            ]
            stays = reading.execute(_SESSIONS).fetchall()
            settled = [
                Record(terminal, seq, number, _DIRECTIONS[kind])
                for terminal, seq, number, kind in reading.execute(_LEFT_OUT)
            ]
            waiting, still_open, generation = (
                reading.execute(query).fetchone()[0] for query in (_WAITING, _OPEN, _GENERATION)
            )
    except (sqlite3.Error, TypeError):
        return Held(logged), Centre(answers=False)  # it is being put back this very moment
    for number, came, left in stays:
        settled += [_named(came, number, Direction.IN)] if came else []
        settled += [_named(left, number, Direction.OUT)] if left else []
    return Held(logged, stored, settled), Centre(len(stored), len(stays), still_open, waiting, generation)


def _logged(gate: Gate) -> Iterable[Record]:
    for seq, encoded in gate.logged():
        event = decode(encoded)
        if isinstance(event, CheckIn | CheckOut):
            direction = Direction.IN if isinstance(event, CheckIn) else Direction.OUT
            yield Record(gate.name, seq, _number_in(encoded), direction)


def _number_in(encoded: bytes) -> int:
    """Whose badge an event tells, 0 where it tells none."""
    event = decode(bytes(encoded))
    if not isinstance(event, CheckIn | CheckOut):
        return 0
    found = _BADGE.fullmatch(event.credential.ref)
    return int(found[1]) if found else 0


def _named(event: str, number: int, direction: Direction) -> Record:
    terminal, _, seq = event.split("/")
    return Record(terminal, int(seq), number, direction)
