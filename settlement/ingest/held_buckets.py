"""A share of the buckets, held in PostgreSQL by as many listeners as there are.

Each holds its part and subscribes to that alone; where one ends, hangs or lost the broker, the others take
over. This is for speed, and so that nobody waits. That each event is stored once rests on the row lock of its
epoch and on its key, whoever stores it: what comes for a bucket that was given back meanwhile is stored, and
answered, all the same.
"""

import time

import structlog
from django.db import ProgrammingError, connection

from settlement.database import bucket_locks
from settlement.database.away import later_while_away
from settlement.database.deliveries_told import DeliveriesTold, tell_delivery
from settlement.database.heartbeat import Heartbeat
from settlement.database.pooled import is_pooled
from settlement.downlink.served import Served
from settlement.ingest.buckets import BUCKETS, NAMES, next_change, share_of
from settlement.ingest.share import Share
from settlement.monitoring.link_states import STATES
from settlement.settings import ListenerSettings
from sync.contract import wire
from sync.line.broker_link import BrokerLink

_LOOK_EVERY_S = 0.5
_ONE_ACCOUNT = (
    "Let the listeners' settings name one account of the database: it may end its own connections only."
)
_NO_POOL = "Let `database` in the listener's settings name the server itself; the pages may use a pool."

_logger = structlog.get_logger()


def open_share(settings: ListenerSettings) -> Share:
    """Buckets on PostgreSQL, everybody elsewhere; raises what the database raises while it is away."""
    if connection.vendor != "postgresql":
        return Share()
    if is_pooled(connection):
        _logger.error("listener_behind_pool", remedy=_NO_POOL)
        return Share()
    return HeldBuckets(settings)


class HeldBuckets(Share):
    """Wants a share as long as there is a line to the broker."""

    topics: tuple[str, ...] = (STATES, wire.topic("host"))

    def __init__(self, settings: ListenerSettings) -> None:
        self._settings = settings
        self._silent_s = settings.fence_ms / 1000
        self._heartbeat = Heartbeat()
        self._told = DeliveriesTold()
        self._session: bucket_locks.Session | None = None
        self._connection: object = None
        self._just_began = False
        self._is_away = False
        self._due_s = 0.0
        self._alive = 1
        self._held: set[int] = set()
        self._asked: set[int] = set()
        self._unanswered = 0
        self._served = Served(frozenset())

    @property
    def served(self) -> Served:
        """Those whose buckets the broker gives us."""
        return self._served

    @property
    def canary_bucket(self) -> str | None:
        """The first that is served."""
        return min(self._served.buckets or (), default=None)

    def look(self, link: BrokerLink) -> None:
        """Look at the locks when it is time, and at once on another connection to the database."""
        self._heartbeat.turned()
        if not link.is_up:
            self.leave()
            return
        is_another = connection.connection is not self._connection and not self._is_away
        if time.monotonic() < self._due_s and not is_another:
            return
        self._due_s = time.monotonic() + _LOOK_EVERY_S
        self._is_away = True
        with later_while_away():
            self._look()
            self._is_away = False
        if self._is_away:
            # What is held shows when it answers again; until then messages wait here as they came.
            self._due_s = time.monotonic() + self._settings.retry_ms / 1000
        else:
            self._subscribe(link)

    def _look(self) -> None:
        if self._session is None or connection.connection is not self._connection:
            self._session = self._begin()
        bucket_locks.beat(self._session)
        self._fence()
        self._alive = bucket_locks.alive(self._silent_s)
        lacks = len(self._held) < share_of(self._alive)
        change = next_change(self._held, bucket_locks.free(BUCKETS) if lacks else (), self._alive)
        if change.give:
            bucket_locks.give(change.give)
            self._held -= set(change.give)
        if change.take:
            self._held |= bucket_locks.take(change.take)

    def _begin(self) -> bucket_locks.Session:
        """Another connection: the locks went with the last one, and others may have them by now."""
        self._held = set()
        session = bucket_locks.begin(self._settings.client)
        self._told.listen(session.backend)
        self._connection = connection.connection
        self._heartbeat.beat_for(session)
        self._just_began = True
        return session

    def _fence(self) -> None:
        try:
            ended = bucket_locks.fence(self._silent_s)
        except ProgrammingError as error:
            _logger.error("listener_not_fenced", error=str(error), remedy=_ONE_ACCOUNT)  # noqa: TRY400
            return
        for name in ended:
            _logger.warning("listener_fenced", listener=name, silent_ms=self._settings.fence_ms)
            self._due_s = 0.0  # what it held is free in a moment

    def _subscribe(self, link: BrokerLink) -> None:
        """Let the broker know what is held now."""
        # What we held ourselves a moment ago may still be locked by our last connection, which is ending.
        left = set() if self._just_began else self._asked - self._held
        new = self._held - self._asked
        self._just_began = False
        if left:
            link.unsubscribe([_topic_of(bucket) for bucket in sorted(left)])
            self._asked -= left
            self._served = Served((self._served.buckets or frozenset()) - _names(left))
        if new:
            link.subscribe([_topic_of(bucket) for bucket in sorted(new)])
            self._asked |= new
            self._unanswered += 1
        if left or new:
            counts = {"held": len(self._held), "taken": len(new), "left": len(left), "alive": self._alive}
            _logger.info("buckets_held", **counts)

    def connected_anew(self) -> None:
        """Subscribe to all that is held, at once."""
        self._asked = set()
        self._unanswered = 0
        self._served = Served(frozenset())
        self._due_s = 0.0

    def subscribed(self) -> bool:
        """Whether the last that was asked for is there: then all of it is served."""
        self._unanswered = max(0, self._unanswered - 1)
        if self._unanswered:
            return False
        self._served = Served(_names(self._asked))
        return True

    def tell_delivery(self, terminal: str) -> None:
        """Tell it where there are others."""
        if self._alive > 1:
            with later_while_away():
                tell_delivery(terminal)

    def deliveries_told(self) -> list[str]:
        """What was heard with the last looks."""
        return self._told.take()

    def leave(self) -> None:
        """Unlock all; the next look with a line to the broker takes anew."""
        if self._session is None:
            return
        session, self._session = self._session, None
        self._heartbeat.beat_for(None)
        self._held = set()
        if connection.connection is self._connection:  # else the locks went with it
            with later_while_away():
                bucket_locks.leave(session)


def _names(buckets: set[int]) -> frozenset[str]:
    return frozenset(NAMES[bucket] for bucket in buckets)


def _topic_of(bucket: int) -> str:
    return wire.topic("up", NAMES[bucket], "+", "+")
