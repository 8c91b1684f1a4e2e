"""Trials of who comes in, and of what a terminal can do in another's name."""

from contextlib import ExitStack

from sync.conformance import judgement
from sync.conformance.rows import Finding, Row
from sync.conformance.stage import NotTriedError, Stage, why_refused
from sync.conformance.visitor import Guest, Visitor

_GONE_WITHIN_S = 3.0


def no_certificate(stage: Stage) -> Finding:
    """Somebody without one."""
    return _stranger(Row.NO_CERTIFICATE, stage.guests.nobody)


def foreign_certificate(stage: Stage) -> Finding:
    """Somebody whose certificate another authority signed, by the name of a terminal."""
    return _stranger(Row.FOREIGN_CERTIFICATE, stage.guests.foreign)


def _stranger(row: Row, guest: Guest) -> Finding:
    why = why_refused(guest)
    return judgement.plain(row, holds=bool(why))


def client_id(stage: Stage) -> Finding:
    """Another terminal, with its own certificate, comes by this one's client id."""
    with ExitStack() as stack:
        centre = stage.enter(stack, Visitor(stage.guests.centre))
        terminal = stage.enter(stack, Visitor(stage.guests.first), stage.down)
        stage.carried(centre, stage.ack, terminal)
        impostor = stack.enter_context(Visitor(stage.guests.second, client_id=stage.guests.first.name))
        comes_in = impostor.come()
        thrown_off = terminal.is_gone(_GONE_WITHIN_S)
        still_hears = not thrown_off and stage.is_carried(centre, stage.ack, terminal)
    return judgement.client_id(comes_in=comes_in, thrown_off=thrown_off, still_hears=still_hears)


def write_access(stage: Stage) -> Finding:
    """Another terminal writes where only this one or the centre may."""
    foreign = (stage.batch, stage.hello, stage.state, stage.ack, stage.config)
    with ExitStack() as stack:
        centre = stage.enter(stack, Visitor(stage.guests.centre), stage.up, stage.state)
        terminal = stage.enter(stack, Visitor(stage.guests.first), stage.down, stage.config)
        content = stage.content("forbidden")
        for topic in foreign:
            with Visitor(stage.guests.second) as intruder:
                if not intruder.come():
                    raise NotTriedError(intruder.why)
                intruder.publish(topic, content)
        stage.carried(terminal, stage.batch, centre)
        stage.carried(centre, stage.ack, terminal)
        heard = [
            one.topic for who in (centre, terminal) for one in who.heard(lambda one: one.payload == content)
        ]
    return judgement.access(Row.WRITE_ACCESS, sorted(set(heard)))


def read_access(stage: Stage) -> Finding:
    """Another terminal listens to what is for this one, and to what it says."""
    foreign = {
        stage.down: stage.ack,
        stage.config: stage.config,
        stage.up: stage.batch,
        stage.state: stage.state,
    }
    reached = []
    with ExitStack() as stack:
        centre = stage.enter(stack, Visitor(stage.guests.centre))
        terminal = stage.enter(stack, Visitor(stage.guests.first))
        for filter_, topic in foreign.items():
            with ExitStack() as inner:
                eavesdropper = stage.enter(inner, Visitor(stage.guests.second), stage.down_second)
                stage.carried(centre, stage.ack_second, eavesdropper)
                eavesdropper.subscribe(filter_)
                source = terminal if topic in {stage.batch, stage.state} else centre
                content = stage.content("not for you")
                source.publish(topic, content)
                if not eavesdropper.is_gone():
                    stage.is_carried(centre, stage.ack_second, eavesdropper)
                if eavesdropper.heard(lambda one, content=content: one.payload == content):  # type: ignore[misc]
                    reached.append(topic)
    return judgement.access(Row.READ_ACCESS, reached)
