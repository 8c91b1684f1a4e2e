"""Bringing messages to the centre as the listener does, a minute after noon."""

import pytest


@pytest.fixture
def take(centre, noon_ms):
    from settlement.ingest.ingest import ingest

    def _take(topic, payload, received_ms=noon_ms + 60_000):
        return ingest(topic, payload, received_ms, centre=centre)

    return _take


@pytest.fixture
def send(take, terminal):
    """Sends a stretch of the terminal's log."""

    def _send(first=1, last=None, **changes):
        return take(terminal.batch_topic, terminal.batch(first, last, **changes))

    return _send
