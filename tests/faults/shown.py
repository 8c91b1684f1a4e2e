"""What people were shown, and whether the log holds all of it."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from sync import events
from sync.events import CheckIn, CheckOut
from sync.log_reader import LogReader
from tests.sync.samples import TERMINAL

_ACCEPTED = {"accepted_in": CheckIn, "accepted_out": CheckOut}


@dataclass
class Shown:
    """Everything that engines announced: the volunteer and the outcome at each place of the log."""

    accepted: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    epochs: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """One line of a victim."""
        outcome, epoch, *rest = line.split()
        if outcome == "ready":
            self.epochs.append(epoch)
        elif outcome in _ACCEPTED:
            seq, volunteer = rest
            place = (epoch, int(seq))
            assert place not in self.accepted, "one place was given to two people"
            self.accepted[place] = (outcome, volunteer)
        else:
            self.others.append(outcome)

    def forget(self, epoch: str, lost: list[tuple[int, int]]) -> None:
        """What the terminal itself names as lost is not asked for."""
        for first, last in lost:
            for seq in range(first, min(last, 10_000) + 1):
                self.accepted.pop((epoch, seq), None)

    def check_against(self, log_file: Path) -> None:
        """The chain holds, and everything that was shown as accepted is in it, at its place, once.

        What a purge took is below the oldest event that is kept.
        """
        reader = LogReader(log_file, TERMINAL)
        try:
            ends = {end.epoch: end.seq for end in reader.verify()}
            oldest = {head.epoch: head.oldest for head in reader.heads()}
            logged = {
                (epoch, seq): encoded
                for epoch in ends
                for seq, encoded in _events_of(reader, epoch, oldest[epoch])
            }
        finally:
            reader.close()
        assert set(self.epochs) <= ends.keys()
        for (epoch, seq), (outcome, volunteer) in self.accepted.items():
            if seq > oldest[epoch]:
                event = events.decode(logged[epoch, seq])
                assert type(event) is _ACCEPTED[outcome]
                assert event.credential.ref == f"badge:{volunteer}.1"
            assert seq <= ends[epoch]


def _events_of(reader: LogReader, epoch: str, oldest: int) -> list[tuple[int, bytes]]:
    after, found = oldest - 1, []
    while stretch := reader.stretch(epoch, after, 100_000, 100_000_000):
        found += enumerate(stretch.events, start=stretch.first)
        after = stretch.last
    return found


def start_victim(log_file: Path, point: str, times: int, first: int, count: int) -> "subprocess.Popen[str]":
    """An engine that presents badges to itself; its announcements are its standard output."""
    numbers = (str(number) for number in (times, first, count))
    command = [sys.executable, "-m", "tests.faults.victim", str(log_file), point, *numbers]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
