"""Trials of what a broker keeps, and for whom: sessions, wills, retained messages, shared subscriptions."""

from contextlib import ExitStack

from sync.conformance import judgement
from sync.conformance.rows import Finding, Row
from sync.conformance.stage import Stage
from sync.conformance.visitor import Visitor

_WILL_WITHIN_S = 30.0


def session(stage: Stage) -> Finding:
    """What was sent while a terminal was away does not wait for it: it begins clean."""
    with ExitStack() as stack:
        centre = stage.enter(stack, Visitor(stage.guests.centre))
        with ExitStack() as inner:
            before = stage.enter(inner, Visitor(stage.guests.first), stage.down)
            stage.carried(centre, stage.ack, before)
            before.vanish()
        stale = stage.content("for who was there")
        centre.publish(stage.ack, stale)
        terminal = stage.enter(stack, Visitor(stage.guests.first), stage.down)
        stage.carried(centre, stage.ack, terminal)
        heard = terminal.heard(lambda one: one.payload == stale)
    return judgement.plain(Row.SESSION, holds=not heard, detail=stage.ack if heard else "")


def will(stage: Stage) -> Finding:
    """A terminal's connection breaks, and the centre is told."""
    with ExitStack() as stack:
        centre = stage.enter(stack, Visitor(stage.guests.centre), stage.state)
        last = stage.content("will")
        terminal = stage.enter(stack, Visitor(stage.guests.first, will=(stage.state, last)))
        stage.carried(terminal, stage.state, centre)
        terminal.vanish()
        told = centre.hears(last, _WILL_WITHIN_S) is not None
    return judgement.plain(Row.WILL, holds=told, detail="" if told else stage.state)


def retained(stage: Stage) -> Finding:
    """What is retained for a terminal is there when it comes, and gone once it is emptied."""
    with ExitStack() as stack:
        centre = stage.enter(stack, Visitor(stage.guests.centre))
        content = stage.content("retained")
        if not centre.publish(stage.config, content, retain=True):
            return judgement.retained(given=False, forgotten=True)
        given = _is_given(stage, stack, centre, content)
        centre.publish(stage.config, b"", retain=True)
        forgotten = not _is_given(stage, stack, centre, content)
    return judgement.retained(given=given, forgotten=forgotten)


def _is_given(stage: Stage, stack: ExitStack, centre: Visitor, content: bytes) -> bool:
    """Whether a terminal that comes now gets it as something retained."""
    terminal = stage.enter(stack, Visitor(stage.guests.first), stage.down, stage.config)
    stage.carried(centre, stage.ack, terminal)
    heard = terminal.heard(lambda one: one.payload == content and one.retained)
    terminal.leave()
    return bool(heard)


def retained_up(stage: Stage) -> Finding:
    """A terminal lets the broker keep what it says, which nobody honest does."""
    with ExitStack() as stack:
        listening = stage.enter(stack, Visitor(stage.guests.centre), stage.up)
        terminal = stage.enter(stack, Visitor(stage.guests.first))
        stage.carried(terminal, stage.batch, listening)
        content = stage.content("to be kept")
        terminal.publish(stage.hello, content, retain=True)
        stage.carried(terminal, stage.batch, listening)
        told = any(one.retained for one in listening.heard(lambda one: one.payload == content))
        listening.leave()
        later = stage.enter(stack, Visitor(stage.guests.centre), stage.up)
        stage.carried(terminal, stage.batch, later)
        kept = bool(later.heard(lambda one: one.payload == content))
        later.publish(stage.hello, b"", retain=True)
    return judgement.retained_up(kept=kept, told=told)


def shared(stage: Stage) -> Finding:
    """A shared subscription is believed once a message came by it."""
    with ExitStack() as stack:
        centre = stack.enter_context(Visitor(stage.guests.centre))
        terminal = stage.enter(stack, Visitor(stage.guests.first))
        granted = centre.come() and centre.subscribe(f"$share/muster/{stage.up}")
        heard = granted and stage.is_carried(terminal, stage.batch, centre)
    return judgement.shared(granted=granted, heard=heard)
