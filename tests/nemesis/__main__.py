"""The faults of line and centre at length: `python -m tests.nemesis [--rounds N] [--kind K] [--seed S]`.

Terminals, broker, listener, settler and database run as processes; each round does to them what its kind and
seed say, and compares the centre with what people were shown. It ends with a table. A round that fails is
told with the command that plays it again, and everything of it is kept.
"""

import argparse
import shutil
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.nemesis.forks import Forks
from tests.nemesis.kinds import KINDS, Workshop, play
from tests.nemesis.table import Row, table_of
from tests.reliability import write_section

_ALL = sum(kind.rounds for kind in KINDS.values())
_one_at_a_time = threading.Lock()


def main() -> int:
    """Play the rounds and print the table; the exit status is 1 where anything is not as it must be."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--rounds", type=int, default=_ALL, help=f"in all, shared out ({_ALL})")
    arguments.add_argument("--kind", choices=KINDS, help="play only this one, all rounds of it")
    arguments.add_argument("--seed", type=int, help="the first seed (1); with --kind only this round")
    arguments.add_argument("--at-once", type=int, default=2, help="so many rounds side by side (2)")
    arguments.add_argument("--write", action="store_true", help="write the table to docs/reliability.md")
    chosen = arguments.parse_args()
    rows = {name: Row(name) for name in ([chosen.kind] if chosen.kind else KINDS)}
    first = chosen.seed or 1
    rounds = [(name, seed) for name in rows for seed in range(first, first + _rounds_of(name, chosen))]
    folder, forks = Path(tempfile.mkdtemp(prefix="muster-line-")), Forks()
    began_s = time.monotonic()
    try:
        workshop = Workshop(folder, forks)
        with ThreadPoolExecutor(chosen.at_once) as pool:
            list(pool.map(lambda one: _play(rows[one[0]], one[1], folder, workshop), rounds))
    finally:
        forks.close()
    table = table_of(list(rows.values()))
    print(f"\n{table}")
    print(f"{len(rounds)} rounds, seeds from {first}, {(time.monotonic() - began_s) / 60:.0f} min")
    if chosen.write:
        write_section("line", table, len(rounds), first)
    clean = all(row.is_clean for row in rows.values())
    if clean:
        shutil.rmtree(folder)
    return 0 if clean else 1


def _rounds_of(name: str, chosen: argparse.Namespace) -> int:
    if chosen.kind:
        return 1 if chosen.seed else min(chosen.rounds, KINDS[name].rounds)
    return max(1, round(KINDS[name].rounds * chosen.rounds / _ALL))


def _play(row: Row, seed: int, folder: Path, workshop: Workshop) -> None:
    place = Path(tempfile.mkdtemp(prefix="round-", dir=folder))
    place.chmod(0o755)
    began_s = time.monotonic()
    try:
        played = play(row.name, seed, place, workshop)
    except pytest.skip.Exception as skipped:
        row.impossible = str(skipped)
        return
    except BaseException:  # noqa: BLE001 - whatever it is, it is told and the other rounds are played
        row.failed.append(seed)
        _tell(row.name, seed, place, traceback.format_exc())
        return
    row.played.append(played)
    if not played.verdict.is_clean:
        _tell(row.name, seed, place, str(played.verdict))
        return
    with _one_at_a_time:
        print(
            f"{row.name}, seed {seed}: shown {played.shown}, {time.monotonic() - began_s:.0f} s", flush=True
        )
    shutil.rmtree(place)


def _tell(name: str, seed: int, place: Path, what: str) -> None:
    with _one_at_a_time:
        print(f"FAILED: python -m tests.nemesis --kind {name!r} --seed {seed}   ({place} is kept)")
        print("\n".join(f"    {line}" for line in what.splitlines()[-40:]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
