"""Where the trials of a broker are played: who comes, which topics there are, and what a trial stands on."""

import time
from contextlib import ExitStack
from dataclasses import dataclass

import msgspec

from sync.conformance.visitor import WITHIN_S, Guest, Visitor
from sync.contract import wire
from sync.line.broker import BrokerSettings

_BUCKET = wire.bucket_of(0)
_ATTEMPTS = 5
_BETWEEN_S = 1.0


@dataclass(frozen=True, slots=True)
class Guests:
    """Who takes part: two terminals and a centre; another authority signed the certificate of `foreign`."""

    centre: Guest
    first: Guest
    second: Guest
    nobody: Guest
    foreign: Guest

    def speaking(self, version: str) -> "Guests":
        """The same, with this version of MQTT."""
        return Guests(*(_speaking(getattr(self, name), version) for name in self.__slots__))


def _speaking(guest: Guest, version: str) -> Guest:
    settings: BrokerSettings = msgspec.structs.replace(guest.settings, mqtt_version=version)
    return Guest(guest.name, settings)


class NotTriedError(Exception):
    """What a trial stands on was not there; says what."""


def why_refused(guest: Guest) -> str:
    """Why a guest was not let in; empty for one who was."""
    with Visitor(guest) as visitor:
        return "" if visitor.come() else visitor.why or "no answer"


class Stage:
    """The topics of the first terminal, and of the others what is needed."""

    def __init__(self, guests: Guests) -> None:
        self.guests = guests
        self._numbers = iter(range(1_000_000))
        first, second, centre = guests.first.name, guests.second.name, guests.centre.name
        self.batch, self.hello = (wire.topic("up", _BUCKET, first, kind) for kind in ("batch", "hello"))
        self.up = wire.topic("up", _BUCKET, first, "#")
        self.down, self.ack = wire.topic("down", first, "#"), wire.topic("down", first, "ack")
        self.down_second = wire.topic("down", second, "#")
        self.ack_second = wire.topic("down", second, "ack")
        self.state, self.config = wire.topic("state", first), wire.topic("config", first)
        self.canary = wire.topic("up", _BUCKET, centre, "canary")
        self.canaries = wire.topic("up", _BUCKET, "+", "canary")

    def content(self, what: str) -> bytes:
        """Something that no terminal and no centre says, and that is said once."""
        return f"muster broker check: {what} {next(self._numbers)}".encode()

    def enter(self, stack: ExitStack, visitor: Visitor, *topics: str) -> Visitor:
        """Let somebody come, who must be let in and granted these topics for the trial to mean anything."""
        stack.enter_context(visitor)
        # A broker may keep somebody out for a moment who has just left by another node, or comes often.
        for _ in range(_ATTEMPTS):
            if visitor.come():
                break
            time.sleep(_BETWEEN_S)
        else:
            raise NotTriedError(visitor.why)
        for topic in topics:
            if not visitor.subscribe(topic):
                raise NotTriedError(f"SUBSCRIBE {topic}")
        return visitor

    def is_carried(self, source: Visitor, topic: str, target: Visitor) -> bool:
        """Whether what is sent there arrives; sent again, since nodes of a cluster need a moment at first."""
        for _ in range(int(WITHIN_S)):
            content = self.content("marker")
            source.begin_to_publish(topic, content)
            if target.hears(content, 1.0) is not None:
                return True
        return False

    def carried(self, source: Visitor, topic: str, target: Visitor) -> None:
        """As `is_carried`, for a trial that means nothing otherwise."""
        if not self.is_carried(source, topic, target):
            raise NotTriedError(f"PUBLISH {topic}")

    def clean_up(self) -> None:
        """Leave nothing that the broker keeps."""
        with Visitor(self.guests.centre) as centre, Visitor(self.guests.first) as terminal:
            if centre.come() and terminal.come():
                centre.publish(self.config, b"", retain=True)
                centre.publish(self.hello, b"", retain=True)
                terminal.publish(self.state, b"", retain=True)
