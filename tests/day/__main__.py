"""A generated day at one terminal: `python -m tests.day FOLDER [--volunteers N] [--seed S] [--woke-up-in Y]`.

The engine, uplink, screen, broker, listener, settler and page are the real ones, the devices stand-ins. The
power is cut twice, where this account may mount disks with the loss of what was not synchronised; after the
first cut the clock is wrong for an hour, without a link: some hours ahead, or in another year. Ends with the
table, and with status 0 when the centre settled exactly what was foreseen.
"""

import argparse
import contextlib
import datetime as dt
import itertools
import os
import sys
from pathlib import Path

import msgspec

from foundation.logs import set_up_logs
from kiosk.local_api.messages import Outcome
from muster.demo.day import Day, How, Shows, Step
from muster.demo.play import DemoOptions, Stage, settle
from tests.day.generated import CLOCK_RIGHT, FIRST_POWER_CUT, SECOND_POWER_CUT, generate
from tests.faults.losing_disk import LosingDisk, losing_disk

MISTAKES_PERCENT = 5
WRONG_BY_MS = 20_700_000
"""Five hours and three quarters: later than anybody leaves, so that no moment comes twice."""
_READY_WITHIN_S = 120


class Terminal:
    """What happens to the machine of the stage's terminal; its disk loses what was not synchronised."""

    def __init__(self, stage: Stage, disk: LosingDisk | None, wrong: dt.datetime | None) -> None:
        self._wrong_ms = int(wrong.timestamp() * 1000) if wrong else None
        self._stage = stage
        self._disk = disk
        self._clock = stage.site.terminal_clock

    def cut_power(self) -> None:
        """All its processes end at once; they come back with another boot."""
        for process in ("engine", "uplink", "screen"):
            self._stage.children.kill(process)
        if self._disk:
            self._disk.cut_power()
            self._disk.restore_power()
        self._clock.reboot()

    def lose_the_time(self) -> None:
        offset_ms = self._clock.wall_ms() + WRONG_BY_MS
        self._clock.set_wrong(offset_ms if self._wrong_ms is None else self._wrong_ms)

    def as_recorded(self, step: Step) -> Step:
        """Whom it accepts under a clock that is far wrong, the terminal tells that the centre will decide.

        Nothing can be written down there for an hour that it takes for the future; a badge is shown instead.
        """
        accepted = step.outcome in {Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT}
        if self._wrong_ms is None or not accepted:
            return step
        if step.how is How.STAFF:
            step = msgspec.structs.replace(step, how=How.SCANNER, shows=Shows.BADGE)
        return msgspec.structs.replace(step, reason="centre_decides")

    def find_the_time(self) -> None:
        self._clock.set_right(self._stage.site.clock.wall_ms())


def play_out(stage, terminal, day):
    """Every step of the day in its order, and what happens to the terminal between them."""
    director = stage.director
    morning, noon, afternoon, evening = (
        list(steps) for _, steps in itertools.groupby(day.step, lambda step: part_of_day(step.at))
    )
    for step in morning:
        director.play(step)
    terminal.cut_power()
    terminal.lose_the_time()
    director.wait_until_ready(_READY_WITHIN_S)
    director.play(Step(at=noon[0].at, how=How.CUT_LINK))
    for step in noon:
        director.play(terminal.as_recorded(step))
    terminal.find_the_time()
    director.play(Step(at=afternoon[0].at, how=How.MEND_LINK))
    for step in afternoon:
        director.play(step)
    # Somebody who sees no answer presents it again; staff would look first whether it was written.
    interrupted = next(step for step in evening if step.how is not How.STAFF)
    for step in evening:
        director.play(step, during=terminal.cut_power if step is interrupted else None)


def part_of_day(at: dt.time) -> int:
    second = at.hour * 3600 + at.minute * 60 + at.second
    return sum(second >= border for border in (FIRST_POWER_CUT, CLOCK_RIGHT, SECOND_POWER_CUT))


def come_out_exactly(folder: Path, day: Day, wrong: dt.datetime | None = None) -> bool:
    """Whether the centre settles the day to the table that was foreseen; `wrong` is what the clock says."""
    with contextlib.ExitStack() as opened:
        disk = opened.enter_context(losing_disk(folder)) if os.geteuid() == 0 else None
        site = folder / "site"
        site.mkdir()
        if disk:
            (site / "state").symlink_to(disk.folder)
        stage = Stage(site, day, DemoOptions())
        opened.callback(stage.close)
        play_out(stage, Terminal(stage, disk, wrong), day)
        return settle(stage, day)


def main() -> int:
    """Play the day that the arguments ask for."""
    set_up_logs(as_json=False)
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("folder", type=Path, help="an empty one, for everything that the day leaves")
    arguments.add_argument("--volunteers", type=int, default=400)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--woke-up-in", type=int, help="the year that the wrong clock shows")
    chosen = arguments.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    day = generate(chosen.volunteers, MISTAKES_PERCENT, chosen.seed)
    wrong = dt.datetime(chosen.woke_up_in, 1, 1, tzinfo=dt.UTC) if chosen.woke_up_in else None
    return 0 if come_out_exactly(chosen.folder.resolve(), day, wrong) else 1


if __name__ == "__main__":
    sys.exit(main())
