"""Buckets as PostgreSQL's advisory locks, held by the very connection that stores evidence; the SQL of it.

So a lock, a transaction under way and its row locks end together, and nobody has to check a token. A process
that was stopped keeps its connection, and with it all of these: hence heartbeats, and the fence.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

_LOCKS = 7001
"""The first of the two numbers of our advisory locks; the second is the bucket's."""

_OWN = "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
_BEGIN = """
    INSERT INTO settlement_listenerbeat (backend, started, name, beat) VALUES (%s, %s, %s, clock_timestamp())
    ON CONFLICT (backend)
    DO UPDATE SET started = excluded.started, name = excluded.name, beat = excluded.beat
"""
_BEAT = "UPDATE settlement_listenerbeat SET beat = clock_timestamp() WHERE backend = %s AND started = %s"
_LEAVE = "DELETE FROM settlement_listenerbeat WHERE backend = %s AND started = %s"
# By number and start: a number alone may be another process's by now.
_FENCE = """
    SELECT listener.name, pg_terminate_backend(backend.pid)
    FROM settlement_listenerbeat listener
    JOIN pg_stat_activity backend ON backend.pid = listener.backend AND backend_start = started
    WHERE beat < clock_timestamp() - make_interval(secs => %s) AND pid <> pg_backend_pid()
"""
_FORGET_ENDED = """
    DELETE FROM settlement_listenerbeat listener WHERE NOT EXISTS (
        SELECT FROM pg_stat_activity backend WHERE backend.pid = listener.backend AND backend_start = started
    )
"""
_ALIVE = """
    SELECT count(DISTINCT listener.name)
    FROM settlement_listenerbeat listener
    JOIN pg_stat_activity backend ON backend.pid = listener.backend AND backend_start = started
    WHERE beat >= clock_timestamp() - make_interval(secs => %s) OR pid = pg_backend_pid()
"""
_FREE = """
    SELECT bucket FROM unnest(%s::int[]) AS bucket
    WHERE NOT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 2 AND classid::bigint = %s AND objid::bigint = bucket
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    ORDER BY bucket
"""
_TAKE = "SELECT bucket FROM unnest(%s::int[]) AS bucket WHERE pg_try_advisory_lock(%s, bucket)"
_GIVE = "SELECT pg_advisory_unlock(%s, bucket) FROM unnest(%s::int[]) AS bucket"


@dataclass(frozen=True, slots=True)
class Session:
    """A connection as the server knows it; no two ever have both numbers."""

    backend: int
    started: datetime


def begin(name: str) -> Session:
    """Say that this connection's listener lives, and wants its share."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN)
        session = Session(*cursor.fetchone())
        cursor.execute(_BEGIN, (session.backend, session.started, name))
    return session


def beat(session: Session) -> None:
    """Say that it still lives; any connection may say so."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, (session.backend, session.started))


def fence(silent_s: float) -> list[str]:
    """End the connections of listeners that were silent so long; their names.

    A role may end its own connections, so all listeners use one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FENCE, (silent_s,))
        return [name for name, ended in cursor.fetchall() if ended]


def alive(silent_s: float) -> int:
    """How many listeners live, this one included; what is left of ended ones is forgotten.

    By their names: one that just began anew may still have its last connection, which ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_ENDED)
        cursor.execute(_ALIVE, (silent_s,))
        (counted,) = cursor.fetchone()
        return int(counted)


def free(buckets: Collection[int]) -> list[int]:
    """Those of the buckets that nobody holds at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_FREE, (list(buckets), _LOCKS))
        return [bucket for (bucket,) in cursor.fetchall()]


def take(buckets: Collection[int]) -> set[int]:
    """Lock these; answers which of them nobody else was faster with."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, (list(buckets), _LOCKS))
        return {bucket for (bucket,) in cursor.fetchall()}


def give(buckets: Collection[int]) -> None:
    """Unlock these for others."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE, (_LOCKS, list(buckets)))


def leave(session: Session) -> None:
    """Unlock all and want no share any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
        cursor.execute(_LEAVE, (session.backend, session.started))
