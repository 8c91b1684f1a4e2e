"""What happened at the city's terminals: scans as values, and the signed logs that were made of them."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Struct

from muster.demo.city.plan import CityClock, Does, Shows
from sync.contract import chain, events, wire
from sync.contract.events import (
    Assurance,
    CheckIn,
    CheckOut,
    Claim,
    ClockAnchor,
    ClockState,
    ClockTrust,
    Credential,
    Direction,
    EpochStart,
    Event,
    Manual,
    Method,
)
from sync.contract.signing import SigningKey
from sync.line.uplink import SOFTWARE
from sync.log.writer import Stamp

SLOW_BY_MS = 47 * 60_000
_ONE_BATCH = 150
_SWITCHED_ON = dt.time(5)
_RIGHT = ClockTrust(ClockState.SYNCED, 5, "ntp", 0)
_DOUBTFUL = ClockTrust(ClockState.RTC)
_MEASURED_AFTER_MS = 600_000
_ON_ITS_WAY_MS = 2_000
_REASON = "Badge at home; known to both of us."


class Scan(Struct, frozen=True, kw_only=True):
    """Somebody at a terminal at a moment (UTC milliseconds), whatever the terminal's clock showed then."""

    at_ms: int
    terminal: str
    volunteer: int
    does: Does
    activity: str
    shows: Shows = Shows.BADGE
    clock: CityClock = CityClock.RIGHT
    claims_ms: int = 0
    came_ms: int = 0
    """Of a claim, when the stay began whose end it tells."""
    staff: tuple[str, str] | None = None
    """Who wrote it down and who confirmed it, where nothing was shown."""


class Message(Struct, frozen=True):
    """What a terminal sent, and when it arrived."""

    topic: str
    payload: bytes
    arrived_ms: int


class TerminalLog:
    """A terminal reduced to its log and its key; events, batches and greetings are as of any other.

    Each local day is a boot of its own. What is written must be in the order of time.
    """

    def __init__(self, terminal: str, bucket: str, realm: wire.Realm, zone: str, key: SigningKey) -> None:
        self._terminal, self._bucket, self._realm, self._key = terminal, bucket, realm, key
        self._zone = ZoneInfo(zone)
        self._epoch = hashlib.sha256(f"{terminal} {zone}".encode()).hexdigest()[:32]
        self._events: list[bytes] = []
        self._at_ms: list[int] = []
        self._doubted: dict[str, CityClock] = {}

    def write(self, scans: Iterable[Scan]) -> None:
        """Log the scans of this terminal. A slow clock is measured some minutes after the last of its day."""
        in_order = sorted(scans, key=lambda scan: scan.at_ms)
        if not in_order:
            return
        self._doubted = {self._boot(scan.at_ms)[0]: scan.clock for scan in in_order if scan.clock != "right"}
        start_ms = self._boot(in_order[0].at_ms)[1]
        self._log(EpochStart(**self._moment(start_ms), software=SOFTWARE), start_ms)
        for scan, following in zip(in_order, [*in_order[1:], None], strict=True):
            self._log(self._event(scan), scan.at_ms)
            ends_boot = following is None or self._boot(following.at_ms) != self._boot(scan.at_ms)
            if ends_boot and scan.clock is CityClock.SLOW:
                at_ms = scan.at_ms + _MEASURED_AFTER_MS
                anchor = ClockAnchor(**self._moment(at_ms), true_ms=at_ms, error_ms=40, source="ntp")
                self._log(anchor, at_ms)

    def batches(self, lacks: int = 0) -> Iterator[Message]:
        """The log as it was sent, day by day, without the last `lacks` events."""
        first = 0
        previous = chain.genesis(self._terminal, self._epoch)
        sent = len(self._events) - lacks
        while first < sent:
            last = first + 1
            boot, _ = self._boot(self._at_ms[first])
            while last < min(sent, first + _ONE_BATCH) and self._boot(self._at_ms[last])[0] == boot:
                last += 1
            told = self._events[first:last]
            arrived_ms = self._at_ms[last - 1] + _ON_ITS_WAY_MS
            payload = wire.seal_batch(
                realm=self._realm,
                terminal=self._terminal,
                epoch=self._epoch,
                first=first + 1,
                previous=previous,
                events=told,
                boot=boot,
                mono_ms=arrived_ms - self._boot(self._at_ms[first])[1],
                key=self._key,
            )
            previous = chain.links(previous, told)[-1]
            yield Message(self._topic("batch"), payload, arrived_ms)
            first = last

    def junk(self, at_ms: int) -> Message:
        """What a broken cable makes of a batch."""
        return Message(self._topic("batch"), b'{"v":1,"kind":"batch","key":"', at_ms)

    def greeting(self, at_ms: int, *, roster: int = 0, lacks: int = 0, taken_over: bool = False) -> Message:
        """How the terminal greeted the centre at a moment, with a roster of that version."""
        boot, began_ms = self._boot(at_ms)
        heads = []
        if self._events:
            head = chain.links(chain.genesis(self._terminal, self._epoch), self._events)[-1]
            heads = [wire.EpochHead(self._epoch, 1, len(self._events), head.hex())]
        hello = wire.Hello(
            realm=self._realm,
            terminal=self._terminal,
            epochs=heads,
            boot=boot,
            mono_ms=at_ms - began_ms,
            wall_ms=at_ms,
            clock=_RIGHT,
            roster=roster,
            config=0,
            unsent=lacks,
            software=SOFTWARE,
            taken_over=True if taken_over else UNSET,
        )
        return Message(self._topic("hello"), wire.seal(wire.MessageKind.HELLO, hello, b"", self._key), at_ms)

    def _topic(self, kind: str) -> str:
        return wire.topic("up", self._bucket, self._terminal, kind)

    def _boot(self, at_ms: int) -> tuple[str, int]:
        """The boot of a moment's day, and when it began."""
        day = dt.datetime.fromtimestamp(at_ms / 1000, self._zone).date()
        began = dt.datetime.combine(day, _SWITCHED_ON, self._zone)
        named = hashlib.sha256(f"{self._terminal} {day}".encode()).hexdigest()[:32]
        return named, int(began.timestamp()) * 1000

    def _moment(self, at_ms: int) -> dict[str, Any]:
        boot, began_ms = self._boot(at_ms)
        clock = self._doubted.get(boot, CityClock.RIGHT)
        shown_ms = at_ms - SLOW_BY_MS if clock is CityClock.SLOW else at_ms
        trust = _RIGHT if clock is CityClock.RIGHT else _DOUBTFUL
        return Stamp(boot, at_ms - began_ms, shown_ms, trust).moment(self._terminal)

    def _log(self, event: Event, at_ms: int) -> None:
        placed = msgspec.structs.replace(event, epoch=self._epoch, seq=len(self._events) + 1)
        self._events.append(events.encode(placed))
        self._at_ms.append(at_ms)

    def _event(self, scan: Scan) -> Event:
        moment = self._moment(scan.at_ms)
        if scan.staff:
            by, confirmed_by = scan.staff
            return Manual(
                **moment,
                volunteer=str(scan.volunteer),
                activity=scan.activity,
                direction=Direction(scan.does),
                at_ms=scan.at_ms,
                reason=_REASON,
                entered_by=by,
                confirmed_by=confirmed_by,
            )
        shown = _credential(scan)
        match scan.does:
            case Does.IN:
                return CheckIn(**moment, credential=shown, activity=scan.activity)
            case Does.OUT:
                return CheckOut(**moment, credential=shown, activity=scan.activity)
            case Does.CLAIM:
                return Claim(
                    **moment,
                    credential=shown,
                    activity=scan.activity,
                    direction=Direction.OUT,
                    at_ms=scan.claims_ms,
                    earliest_ms=scan.came_ms,
                    latest_ms=scan.at_ms,
                )


def _credential(scan: Scan) -> Credential:
    if scan.shows is Shows.CODE:
        drawn = hashlib.sha256(f"{scan.volunteer} {scan.activity}".encode()).hexdigest()[:16]
        return Credential(Method.SMS_CODE, f"code:{scan.volunteer}.{drawn}", Assurance.MEDIUM)
    return Credential(Method.BADGE, f"badge:{scan.volunteer}.1", Assurance.MEDIUM)
