"""Playing the rounds of a list of kinds from the command line, and the table of what came of them.

A round that fails is told with the command that plays it again, and everything of it is kept.
"""

import argparse
import shutil
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.nemesis.forks import Forks
from tests.nemesis.kinds import Kind, Workshop, play
from tests.nemesis.table import Row, table_of
from tests.reliability import read_section, write_section

_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Rounds:
    """A list of kinds, the module that plays it, and its section of docs/reliability.md."""

    kinds: Mapping[str, Kind]
    module: str
    section: str

    def main(self, about: str) -> int:
        """Play them and print the table; the exit status is 1 where anything is not as it must be."""
        chosen = self._chosen(about)
        rows = {name: Row(name) for name in ([chosen.kind] if chosen.kind else self.kinds)}
        first = chosen.seed or 1
        rounds = [(name, seed) for name in rows for seed in range(first, first + self._count(name, chosen))]
        folder, forks = Path(tempfile.mkdtemp(prefix="muster-line-")), Forks()
        began_s = time.monotonic()
        try:
            workshop = Workshop(folder, forks)
            with ThreadPoolExecutor(chosen.at_once) as pool:
                list(pool.map(lambda one: self._play(rows[one[0]], one[1], folder, workshop), rounds))
        finally:
            forks.close()
        table = table_of(rows.values())
        print(f"\n{table}")
        print(f"{len(rounds)} rounds, seeds from {first}, {(time.monotonic() - began_s) / 60:.0f} min")
        if chosen.write:
            before = read_section(self.section) if chosen.kind else ""
            write_section(self.section, table_of(rows.values(), before))
        clean = all(row.is_clean for row in rows.values())
        if clean:
            shutil.rmtree(folder)
        return 0 if clean else 1

    @property
    def _all(self) -> int:
        return sum(kind.rounds for kind in self.kinds.values())

    def _chosen(self, about: str) -> argparse.Namespace:
        arguments = argparse.ArgumentParser(prog=self.module, description=about.split("\n", 1)[0])
        arguments.add_argument(
            "--rounds", type=int, default=self._all, help=f"in all, shared out ({self._all})"
        )
        arguments.add_argument("--kind", choices=self.kinds, help="play only this one, all rounds of it")
        arguments.add_argument("--seed", type=int, help="the first seed (1); with --kind only this round")
        arguments.add_argument("--at-once", type=int, default=2, help="so many rounds side by side (2)")
        arguments.add_argument("--write", action="store_true", help="write the table to docs/reliability.md")
        return arguments.parse_args()

    def _count(self, name: str, chosen: argparse.Namespace) -> int:
        if chosen.kind:
            return 1 if chosen.seed else min(chosen.rounds, self.kinds[name].rounds)
        return max(1, round(self.kinds[name].rounds * chosen.rounds / self._all))

    def _play(self, row: Row, seed: int, folder: Path, workshop: Workshop) -> None:
        place = Path(tempfile.mkdtemp(prefix="round-", dir=folder))
        place.chmod(0o755)
        began_s = time.monotonic()
        try:
            played = play(row.name, seed, place, workshop, self.kinds)
        except pytest.skip.Exception as skipped:
            row.impossible = str(skipped)
            return
        except BaseException:  # noqa: BLE001 - whatever it is, it is told and the other rounds are played
            row.failed.append(seed)
            self._tell(row.name, seed, place, traceback.format_exc())
            return
        row.played.append(played)
        if not played.verdict.is_clean:
            self._tell(row.name, seed, place, str(played.verdict))
            return
        took_s = time.monotonic() - began_s
        with _one_at_a_time:
            print(f"{row.name}, seed {seed}: shown {played.shown}, {took_s:.0f} s", flush=True)
        shutil.rmtree(place)

    def _tell(self, name: str, seed: int, place: Path, what: str) -> None:
        with _one_at_a_time:
            print(f"FAILED: python -m {self.module} --kind {name!r} --seed {seed}   ({place} is kept)")
            print("\n".join(f"    {line}" for line in what.splitlines()[-40:]), flush=True)
