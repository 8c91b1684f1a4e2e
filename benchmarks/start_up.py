"""How long `--help` takes, for `muster` and each of its commands, against importing click alone.

    python benchmarks/start_up.py [--rounds N]

Every command is started N times, and `python -c 'import click'` before each: the two meet the same machine.
The CPU's time is counted, user and system: nothing here waits, and others on the machine disturb it less.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from statistics import median

import click
from kiosk_folder import describe_machine

from muster.console import main as muster

TARGET = 3
BASELINE = (sys.executable, "-c", "import click")


def main() -> None:
    """Measure and print, the worst last; the last line is its ratio."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    arguments.add_argument("--rounds", type=int, default=5, help="of which the median is told (5)")
    rounds = arguments.parse_args().rounds
    print(describe_machine())
    _cpu_s(BASELINE)  # once, so that every module is compiled and cached
    measured = sorted((*_measure(path, rounds), path) for path in commands_of(muster, ("muster",)))
    for ratio, cpu_s, path in measured:
        print(f"{ratio:5.2f}  {cpu_s * 1000:4.0f} ms  {' '.join(path)} --help")
    print(f"target: at most {TARGET} x importing click")
    ratio, _, path = measured[-1]
    print(f"start-up ratio: worst {ratio:.2f}, {' '.join(path)} --help (baseline: python -c 'import click')")


def commands_of(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The command and everything below it, each as the words that are typed."""
    yield path
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from commands_of(each, (*path, name))


def _measure(path: tuple[str, ...], rounds: int) -> tuple[float, float]:
    """The ratio of the medians, and the command's median in seconds."""
    command = (sys.executable, "-m", *path, "--help")
    _cpu_s(command)
    pairs = [(_cpu_s(BASELINE), _cpu_s(command)) for _ in range(rounds)]
    baseline_s, command_s = (median(times) for times in zip(*pairs, strict=True))
    return command_s / baseline_s, command_s


def _cpu_s(command: Sequence[str]) -> float:
    """The CPU's seconds that a process takes from its start to its end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
