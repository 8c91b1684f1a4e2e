"""Found by date is the same as looked through, whatever was noted when, and with fewer pages read."""

import contextlib
import random

import msgspec
import pytest

from sync.log import dates as log_dates
from sync.log import schema as log_schema

TRUSTED, UNSET = "synced", "unset"
DAY_MS = 86_400_000

_SINCE = "SELECT ordinal, seq FROM event WHERE wall_ms >= ? ORDER BY ordinal, seq"
_BEFORE = "SELECT max((ordinal << 32) + seq) FROM event WHERE wall_ms < ? AND instr(bytes, 'synced')"


@pytest.fixture
def connection(tmp_path):
    with contextlib.closing(log_schema.connect(tmp_path / "log.db")) as connection:
        yield connection


class Filler:
    """Appends events epoch by epoch; each one's bytes say where it stands."""

    def __init__(self, connection):
        self.connection, self.ordinal, self.seq = connection, 0, 0

    def open_epoch(self):
        self.ordinal, self.seq = self.ordinal + 1, 0
        self.connection.execute(
            "INSERT INTO epoch VALUES (?, ?, 0, 0)", (self.ordinal, f"{self.ordinal:032x}")
        )

    def append(self, wall_ms, clock=TRUSTED):
        self.seq += 1
        row = (self.ordinal, self.seq, "check_in", wall_ms, bytes_of(self.ordinal, self.seq, clock))
        self.connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, x'', x'')", row)


def bytes_of(ordinal, seq, clock):
    return msgspec.json.encode({"place": (ordinal, seq), "clock": {"state": clock}})


def place_of(encoded):
    return tuple(msgspec.json.decode(encoded)["place"])


@pytest.mark.parametrize("seed", range(20))
def test_what_is_found_by_date_is_what_a_look_at_everything_finds(connection, seed):
    chance = random.Random(seed)
    filler = Filler(connection)
    now_ms = 0
    for _ in range(chance.randint(1, 5)):
        filler.open_epoch()
        for _ in range(chance.choice([1, 100, 256, 700])):
            now_ms += chance.randint(1, 60_000)
            wrong = chance.random() < 0.02
            filler.append(now_ms - 50 * DAY_MS if wrong else now_ms)
            if chance.random() < 0.005:
                log_dates.note(connection)
    if chance.random() < 0.5:
        with log_schema.unguarded(connection):
            connection.execute("DELETE FROM event WHERE ordinal = 1 AND seq < ?", (chance.randint(1, 700),))
    for wall_ms in (0, now_ms // 2, now_ms - 5_000, now_ms + 1, -60 * DAY_MS):
        found = [place_of(encoded) for encoded in log_dates.since(connection, wall_ms)]
        assert found == connection.execute(_SINCE, (wall_ms,)).fetchall()


@pytest.mark.parametrize("noted", [False, True])
@pytest.mark.parametrize("most", [1, 255, 256, 257, 600, 5000])
def test_no_more_than_the_newest_are_looked_at(connection, most, noted):
    filler = Filler(connection)
    for _ in range(2):
        filler.open_epoch()
        for number in range(700):
            filler.append(number)
    if noted:
        log_dates.note(connection)
    places = connection.execute(_SINCE, (0,)).fetchall()
    found = [place_of(encoded) for encoded in log_dates.maybe_since(connection, ("", 0, 0), most)]
    assert found == places[-len(found) :]
    assert len(found) == min(most, 1400)


def test_a_block_that_is_still_filling_is_not_noted(connection):
    filler = Filler(connection)
    filler.open_epoch()
    for number in range(3 * log_dates.BLOCK):
        filler.append(number)
        log_dates.note(connection)
    noted = connection.execute("SELECT block, earliest, latest FROM dated").fetchall()
    assert noted == [(0, 0, 254), (1, 255, 510), (2, 511, 766)]


def test_what_was_purged_is_forgotten(connection):
    filler = Filler(connection)
    filler.open_epoch()
    for number in range(3 * log_dates.BLOCK):
        filler.append(number)
    log_dates.note(connection)
    with log_schema.unguarded(connection):
        connection.execute("DELETE FROM event WHERE seq < 520")
    log_dates.note(connection)
    assert connection.execute("SELECT block FROM dated").fetchall() == [(2,)]


@pytest.mark.parametrize("noted", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_the_newest_old_event_is_one_that_a_trusted_clock_dated(connection, seed, noted):
    chance = random.Random(seed)
    filler = Filler(connection)
    for _ in range(3):
        filler.open_epoch()
        for _ in range(400):
            trusted = chance.random() < 0.5
            filler.append(*((chance.randint(10, 1000), TRUSTED) if trusted else (5, UNSET)))
    filler.open_epoch()
    filler.append(5_000)
    if noted:
        log_dates.note(connection)
    for wall_ms in (6, 11, 12, 500, 2000):
        (newest,) = connection.execute(_BEFORE, (wall_ms,)).fetchone()
        expected = newest and (newest >> 32, newest & 0xFFFFFFFF)
        assert log_dates.newest_before(connection, wall_ms) == expected


def test_looking_by_date_scans_no_events(connection):
    for name in (
        "_NOTE",
        "_FORGET_PURGED",
        "_BLOCKS_SINCE",
        "_SINCE",
        "_NEWER_SINCE",
        "_BEFORE",
        "_NEWER_BEFORE",
        "_PROVEN_BEFORE",
        "_BEHIND",
    ):
        query = getattr(log_dates, name)
        plan = connection.execute(f"EXPLAIN QUERY PLAN {query}", (0,) * query.count("?")).fetchall()
        steps = [step for *_, step in plan]
        assert "SCAN event" not in steps, (name, steps)
