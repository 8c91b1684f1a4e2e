"""The window of a show over a stage without processes: what keys do, and what is seen."""

import asyncio
from dataclasses import replace

import pytest

from kiosk.local_api.simulated_engine import read_recording
from kiosk.screens.terminal_state import TerminalState
from muster.demo.show.app import ShowApp
from muster.demo.show.counted import Centre
from muster.demo.show.deeds import KEYS, Deed
from muster.demo.show.panels import keys
from muster.demo.show.script import Cue
from muster.demo.show.tally import Tally
from tests.docs.test_pictures import DOCS

SNAPSHOT, RECORDED = read_recording(DOCS / "pictures" / "recorded-messages.jsonl")


class QuietGate:
    def __init__(self, name):
        self.name = name
        self.is_dark = self.is_cut = self.is_wrong = self.is_unplugged = False


class QuietScreens:
    state = TerminalState(SNAPSHOT)


class QuietStage:
    """Does nothing, and notes what it was told to do."""

    def __init__(self):
        self.gates = [QuietGate(name) for name in ("north-gate", "south-gate", "river-gate")]
        self.watched = [QuietScreens() for _ in self.gates]
        self.done = []
        self.mended = False
        self.counted = Tally(shown=5, settled=4, under_way=1)

    def open_doors(self):
        self.done.append("open")

    def close_doors(self):
        self.done.append("close")

    def do(self, deed, gate):
        self.done.append((deed, gate.name))
        gate.is_cut = deed is Deed.NETWORK
        return f"{deed.name} was done"

    def mend(self):
        self.counted = replace(self.counted, settled=5, under_way=0)

    def count(self):
        return self.counted, Centre(stored=5, stays=3)


async def until(app, pilot, fits):
    while not fits():
        await pilot.pause(0.02)


def text_of(app):
    return "\n".join(
        "".join(segment.text for segment in row) for row in app.screen._compositor.render_strips()
    )


@pytest.mark.parametrize("size", [(110, 33), (80, 24)])
async def test_a_key_is_done_to_the_terminal_that_is_picked_and_told(size):
    stage = QuietStage()
    app = ShowApp(stage)
    async with app.run_test(size=size) as pilot:
        await pilot.press("2", "n")
        await until(app, pilot, lambda: len(stage.done) == 2)
        await until(app, pilot, lambda: "network cut" in text_of(app))
        seen = text_of(app)
        assert "shown as accepted 5 = settled 4 + 1 kept" in seen
        assert "2 south-gate ◂" in seen
        assert "q end" in seen
        app.exit()
    assert stage.done[:2] == ["open", (Deed.NETWORK, "south-gate")]


async def test_a_script_presses_keys_and_the_end_mends_and_counts_first():
    stage = QuietStage()
    app = ShowApp(stage, [Cue(0.0, "b"), Cue(0.05, "q")])
    async with app.run_test(size=(110, 33)) as pilot:
        while app.is_running and app.return_value is None:
            await asyncio.sleep(0.02)
        del pilot
    assert app.return_value == Tally(shown=5, settled=5)
    assert stage.done == ["open", (Deed.BROKER, "north-gate"), "close"]


def test_every_key_stands_in_the_footer_at_every_width():
    for width in (60, 80, 110, 200):
        lines = [line.plain for line in keys(width)]
        assert max(map(len, lines)) <= width
        assert all(f"{key} " in f"1 2 3 {' '.join(lines)}" for key in KEYS)
