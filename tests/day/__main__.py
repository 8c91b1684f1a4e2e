"""A generated day at one terminal: `python -m tests.day FOLDER [--volunteers N] [--seed S]`.

The engine, uplink, screen, broker, listener, settler and page are the real ones, the devices stand-ins. The
power is cut twice, where this account may mount disks with the loss of what was not synchronised; after the
first cut the clock is wrong for an hour, without a link. Ends with the table, and with status 0 when the
centre settled exactly what was foreseen.
"""

import argparse
import contextlib
import datetime as dt
import itertools
import os
import sys
from pathlib import Path

from muster.demo.day import Day, How, Step
from muster.demo.play import Stage, Wishes, settle
from tests.day.generated import CLOCK_RIGHT, FIRST_POWER_CUT, SECOND_POWER_CUT, generate
from tests.faults.losing_disk import LosingDisk, losing_disk

MISTAKES_PERCENT = 5
WRONG_BY_MS = 20_700_000
"""Five hours and three quarters: later than anybody leaves, so that no moment comes twice."""
_READY_WITHIN_S = 120


class Terminal:
    """What happens to the machine of the stage's terminal; its disk loses what was not synchronised."""

    def __init__(self, stage: Stage, disk: LosingDisk | None) -> None:
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
        self._clock.set_wrong(self._clock.wall_ms() + WRONG_BY_MS)

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
        director.play(step)
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


def come_out_exactly(folder: Path, day: Day) -> bool:
    """Whether the centre settles the day to the table that was foreseen."""
    with contextlib.ExitStack() as opened:
        disk = opened.enter_context(losing_disk(folder)) if os.geteuid() == 0 else None
        site = folder / "site"
        site.mkdir()
        if disk:
            (site / "state").symlink_to(disk.folder)
        stage = Stage(site, day, Wishes())
        opened.callback(stage.close)
        play_out(stage, Terminal(stage, disk), day)
        return settle(stage, day)


def main() -> int:
    """Play the day that the arguments ask for."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("folder", type=Path, help="an empty one, for everything that the day leaves")
    arguments.add_argument("--volunteers", type=int, default=400)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    day = generate(chosen.volunteers, MISTAKES_PERCENT, chosen.seed)
    return 0 if come_out_exactly(chosen.folder.resolve(), day) else 1


if __name__ == "__main__":
    sys.exit(main())
