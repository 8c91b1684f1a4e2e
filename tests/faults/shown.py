"""What people were shown, and whether the log holds all of it."""

from dataclasses import dataclass, field
from pathlib import Path

from sync.contract import events
from sync.contract.events import CheckIn, CheckOut, Event
from sync.log.reader import LogReader
from tests.sync.samples import TERMINAL

_ACCEPTED = {"accepted_in": CheckIn, "accepted_out": CheckOut}


@dataclass
class Shown:
    """Everything that engines announced: the volunteer and the outcome at each place of the log."""

    accepted: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    epochs: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    gone: set[tuple[str, int]] = field(default_factory=set)

    def take(self, line: str) -> None:
        """One line of a puppet."""
        outcome, *more = line.split()
        assert more, f"no puppet writes {line!r}"
        epoch, *rest = more
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

    def put_aside(self, accepted: int, epochs: int) -> None:
        """What was shown after so many acceptances and epochs is not asked for: its log was taken away.

        Its places stay taken all the same.
        """
        self.gone |= set(list(self.accepted)[accepted:])
        del self.epochs[epochs:]

    def check_against(self, log_file: Path) -> None:
        """The chain holds, and everything that was shown as accepted is in it, at its place, once."""
        missing = self.missing_from(log_file)
        assert not missing, f"shown and lost: {missing}"

    def missing_from(self, log_file: Path) -> list[tuple[str, int]]:
        """The places of what was shown as accepted and is not in the log, whose chain must hold.

        What a purge took is below the oldest event that is kept. Nobody stands there twice for one scan.
        """
        reader = LogReader(log_file, TERMINAL)
        try:
            ends = {end.epoch: end.seq for end in reader.verify()}
            oldest = {head.epoch: head.oldest for head in reader.heads()}
            logged = {
                (epoch, seq): events.decode(encoded)
                for epoch in ends
                for seq, encoded in _events_of(reader, epoch, oldest[epoch])
            }
        finally:
            reader.close()
        presented = [
            (event.credential.ref, event.boot, event.mono_ms)
            for event in logged.values()
            if isinstance(event, CheckIn | CheckOut)
        ]
        assert len(presented) == len(set(presented)), "one presentation was accepted twice"
        assert set(self.epochs) <= ends.keys(), "an epoch was lost"
        return [
            (epoch, seq)
            for (epoch, seq), (outcome, volunteer) in self.accepted.items()
            if (epoch, seq) not in self.gone
            and seq >= oldest[epoch]
            and not _says(logged.get((epoch, seq)), outcome, volunteer)
        ]


def _says(event: Event | None, outcome: str, volunteer: str) -> bool:
    return type(event) is _ACCEPTED[outcome] and event.credential.ref == f"badge:{volunteer}.1"


def _events_of(reader: LogReader, epoch: str, oldest: int) -> list[tuple[int, bytes]]:
    after, found = oldest - 1, []
    while stretch := reader.stretch(epoch, after, 100_000, 100_000_000):
        found += enumerate(stretch.events, start=stretch.first)
        after = stretch.last
    return found
