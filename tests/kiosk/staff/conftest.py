"""A terminal, whom it asks, and who serves at it."""

import pytest

from kiosk.local_api.messages import Outcome
from kiosk.local_api.replies import Question
from tests.kiosk.staff.staffed_terminal import NEXT_DAY_MS, Terminal, log_in
from tests.sync.samples import NINE_MS


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(**more) -> Terminal:
        started.append(Terminal(tmp_path, **more))
        return started[-1]

    yield begin
    for one in started:
        if one._thread.is_alive():
            one.stop()


@pytest.fixture
def terminal(start):
    return start()


@pytest.fixture
def asked(terminal) -> Question:
    """Li Ming came yesterday at nine, never left, and comes again."""
    terminal.comes(NINE_MS)
    assert terminal.comes(NEXT_DAY_MS).outcome is Outcome.ACCEPTED_IN
    return terminal.next(Question)


@pytest.fixture
def zhao(terminal):
    return log_in(terminal)
