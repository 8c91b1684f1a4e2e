"""Trials of how messages are carried: at all, in their order, whole, and how many at once."""

from contextlib import ExitStack

from sync.conformance import judgement
from sync.conformance.rows import Finding, Row
from sync.conformance.stage import NotTriedError, Stage
from sync.conformance.visitor import Heard, Visitor
from sync.contract import wire

_IN_ORDER = 300
_AT_ONCE = 150
_QUIET_S = 1.5
_FLOOD_WITHIN_S = 60.0


def delivery(stage: Stage) -> Finding:
    """Every way that the contract has, between a terminal and the centre."""
    with ExitStack() as stack:
        try:
            centre = stage.enter(stack, Visitor(stage.guests.centre), stage.up, stage.state)
            terminal = stage.enter(stack, Visitor(stage.guests.first), stage.down, stage.config)
        except NotTriedError as refused:
            return judgement.plain(Row.DELIVERY, holds=False, detail=str(refused))
        ways = [
            (terminal, stage.batch, centre),
            (terminal, stage.state, centre),
            (centre, stage.ack, terminal),
            (centre, stage.config, terminal),
        ]
        ways_lost = (topic for source, topic, target in ways if not stage.is_carried(source, topic, target))
        lost = next(ways_lost, "")  # the first will do: each costs some seconds
    return judgement.plain(Row.DELIVERY, holds=not lost, detail=lost)


def canary_returns(stage: Stage) -> Finding:
    """The centre hears itself, which is how the listener knows that its subscription is alive."""
    with ExitStack() as stack:
        centre = stage.enter(stack, Visitor(stage.guests.centre), stage.canaries)
        returns = stage.is_carried(centre, stage.canary, centre)
    return judgement.plain(Row.CANARY, holds=returns, detail="" if returns else stage.canary)


def order(stage: Stage) -> Finding:
    """A burst of numbered messages."""
    with ExitStack() as stack:
        centre = stage.enter(stack, Visitor(stage.guests.centre), stage.up)
        terminal = stage.enter(stack, Visitor(stage.guests.first))
        stage.carried(terminal, stage.batch, centre)
        for number in range(_IN_ORDER):
            terminal.begin_to_publish(stage.batch, b"in order %d" % number)
        centre.hears(b"in order %d" % (_IN_ORDER - 1), _FLOOD_WITHIN_S)
        heard = centre.heard(_is_numbered)
    return judgement.order(_IN_ORDER, [int(one.payload.rsplit(b" ", 1)[1]) for one in heard])


def size(stage: Stage) -> Finding:
    """A batch as large as the contract allows."""
    with ExitStack() as stack:
        centre = stage.enter(stack, Visitor(stage.guests.centre), stage.up)
        terminal = stage.enter(stack, Visitor(stage.guests.first))
        stage.carried(terminal, stage.batch, centre)
        content = stage.content("size").ljust(wire.MAX_MESSAGE_BYTES, b".")
        terminal.publish(stage.batch, content)
        heard = centre.hears(content)
    return judgement.size(len(content), len(heard.payload) if heard else 0)


def in_flight(stage: Stage) -> Finding:
    """The centre acknowledges nothing for a while, as during a COMMIT, and then everything."""
    with ExitStack() as stack:
        centre = stage.enter(stack, Visitor(stage.guests.centre, acknowledges_by_hand=True), stage.up)
        terminal = stage.enter(stack, Visitor(stage.guests.first))
        for number in range(_AT_ONCE):
            terminal.begin_to_publish(stage.batch, b"in order %d" % number)
        acknowledged = len(_numbered(centre))
        while centre.hears_so_many(_is_numbered, acknowledged + 1, _QUIET_S):
            acknowledged = len(_numbered(centre))
        at_once, acknowledged = acknowledged, 0
        while True:
            heard = centre.heard()
            for one in heard[acknowledged:]:
                centre.acknowledge(one)
            acknowledged = len(heard)
            if not centre.hears_so_many(lambda _: True, acknowledged + 1, _QUIET_S):
                break
        at_last = len({one.payload for one in _numbered(centre)})
    return judgement.in_flight(_AT_ONCE, at_once, at_last)


def _is_numbered(heard: Heard) -> bool:
    return heard.payload.startswith(b"in order ")


def _numbered(visitor: Visitor) -> list[Heard]:
    return visitor.heard(_is_numbered)
