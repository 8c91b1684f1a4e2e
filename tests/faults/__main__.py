"""The faults at length: `python -m tests.faults [--rounds N] [--point P] [--seed S]`; ends with a table.

Each round of a point is played with a seed of its own. One that fails is told with the command that plays it
again, and everything of it is kept. Power cuts and full disks need root, who may mount disks.
"""

import argparse
import itertools
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.points import POINTS, Played, play
from tests.reliability import write_section

_ALL = sum(point.rounds for point in POINTS.values())


@dataclass
class Row:
    """One point of the table."""

    point: str
    played: list[Played] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    impossible: str = ""

    def __str__(self) -> str:
        shown, lost = sum(one.shown for one in self.played), sum(one.lost for one in self.played)
        worst = max((one.start_up_ms for one in self.played), default=0)
        told = (
            f"{self.point:37} {len(self.played):6} {shown:6} {shown - lost:6} {lost:5} {worst / 1000:8.1f} s"
        )
        if self.failed:
            told += f"  FAILED: {len(self.failed)}"
        return told + (f"  not possible here: {self.impossible}" if self.impossible else "")


def main() -> int:
    """Play all rounds and print the table; the exit status is 1 when one failed or anything was lost."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--rounds", type=int, default=_ALL, help=f"in all, shared out ({_ALL})")
    arguments.add_argument("--point", choices=POINTS, help="play only this one, all rounds of it")
    arguments.add_argument("--seed", type=int, help="the first seed (1)")
    arguments.add_argument("--write", action="store_true", help="write the table to docs/reliability.md")
    chosen = arguments.parse_args()
    points = [chosen.point] if chosen.point else list(POINTS)
    rounds = 1 if chosen.seed is not None and chosen.rounds == _ALL else chosen.rounds
    rows = []
    for point in points:
        count = rounds if chosen.point else max(1, round(POINTS[point].rounds * rounds / _ALL))
        first = 1 if chosen.seed is None else chosen.seed
        began_s = time.monotonic()
        rows.append(play_all(point, range(first, first + count)))
        print(
            f"{point}: seeds {first} to {first + count - 1}, {time.monotonic() - began_s:.0f} s", flush=True
        )
    print(f"\n{'point':37} {'rounds':>6} {'shown':>6} {'kept':>6} {'lost':>5} {'start-up worst':>10}")
    print("\n".join(map(str, rows)))
    played = [one for row in rows for one in row.played]
    shown, lost = sum(one.shown for one in played), sum(one.lost for one in played)
    failed = sum(len(row.failed) for row in rows)
    print(f"\n{len(played)} rounds: shown {shown}, lost {lost}, failed {failed}")
    if chosen.write:
        write_section("terminal", _page_of(rows))
    return 1 if lost or failed else 0


def _page_of(rows: list[Row]) -> str:
    """The same table in Markdown."""
    lines = [
        "| fault | rounds | shown | lost | longest start after it |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        shown, lost = sum(one.shown for one in row.played), sum(one.lost for one in row.played)
        worst_s = max((one.start_up_ms for one in row.played), default=0) / 1000
        told = f"{worst_s:.1f} s" + (f", {len(row.failed)} FAILED" if row.failed else "")
        told = f"not possible here: {row.impossible}" if row.impossible else told
        lines.append(f"| {row.point} | {len(row.played)} | {shown} | {lost} | {told} |")
    return "\n".join(lines) + "\n"


def play_all(point: str, seeds: range) -> Row:
    """Every round of a point, telling of each that fails."""
    row = Row(point)
    for seed in seeds:
        folder = Path(tempfile.mkdtemp(prefix="muster-fault-"))
        try:
            row.played.append(play(point, seed, folder))
        except pytest.skip.Exception as skipped:
            row.impossible = str(skipped)
            break
        except Exception:  # noqa: BLE001 - whatever it is, it is told and the other rounds are played
            row.failed.append(seed)
            print(f"FAILED: python -m tests.faults --point {point!r} --seed {seed}   ({folder} is kept)")
            print("".join(itertools.islice(_indented(traceback.format_exc()), 40)), flush=True)
            continue
        if row.played[-1].lost:
            print(f"LOST: python -m tests.faults --point {point!r} --seed {seed}   ({folder} is kept)")
            continue
        shutil.rmtree(folder)
    return row


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}\n" for line in text.splitlines())


if __name__ == "__main__":
    sys.exit(main())
