"""Whether the centre holds what people were shown, once, as it was, in order, and names what it lacks. Pure.

Tolerance is zero: each of these lists must be empty after every fault that was healed.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tests.nemesis.observer import Claim, Row

Place = tuple[str, str, int]
"""Terminal, epoch, seq."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One acceptance that somebody saw: where it stands in the log, what it says, and when it was seen."""

    place: Place
    digest: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What does not agree, in words."""

    missing: tuple[str, ...] = ()
    duplicate: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    misordered: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(*(a + b for a, b in zip(self.columns, other.columns, strict=True)))

    @property
    def columns(self) -> tuple[tuple[str, ...], ...]:
        return (self.missing, self.duplicate, self.altered, self.misordered, self.unnamed)

    @property
    def is_clean(self) -> bool:
        return not any(self.columns)


def read_shown(text: str) -> list[Shown]:
    """The lines that engines wrote; one that was cut short by a kill was shown to nobody."""
    lines = [line.split() for line in text.split("\n")[:-1]]
    return [
        Shown((terminal, epoch, int(seq)), digest, int(at_ms))
        for terminal, epoch, seq, digest, at_ms in lines
    ]


def judge(shown: Iterable[Shown], rows: Collection[Row], logged: Collection[tuple[Place, str]]) -> Verdict:
    """Hold what was shown against what is stored; `logged` is what the terminals' logs ever held.

    An event that was logged and killed before it was shown may be stored, one that no log had may not.
    """
    stored = {(row.terminal, row.epoch, row.seq): row for row in rows}
    shown = list(shown)
    missing = [_at(one.place) for one in shown if one.place not in stored]
    altered = [
        _at(one.place) for one in shown if one.place in stored and stored[one.place].digest != one.digest
    ]
    known = set(logged) | {(one.place, one.digest) for one in shown}
    altered += [_at(place) for place, row in stored.items() if (place, row.digest) not in known]
    presented = Counter(row.presented for row in rows if row.presented)
    twice = [f"{what} × {times}" for what, times in presented.items() if times > 1]
    return Verdict(
        tuple(missing),
        (*twice, *_shown_twice(shown)),
        tuple(altered),
        (*_disordered(shown), *(_at(place) for place, row in stored.items() if not row.chain_holds)),
    )


def unnamed_gaps(shown: Iterable[Shown], rows: Iterable[Row], claims: Iterable[Claim]) -> Verdict:
    """What the centre calls complete, although something that was shown by then is not there."""
    stored = {(row.terminal, row.epoch, row.seq) for row in rows}
    until = {claim.terminal: claim.complete_until_ms for claim in claims}
    return Verdict(
        unnamed=tuple(
            f"{_at(one.place)}: complete until {until_ms}, shown {until_ms - one.at_ms} ms before"
            for one in shown
            if one.place not in stored
            and (until_ms := until.get(one.place[0])) is not None
            and one.at_ms <= until_ms
        )
    )


def _shown_twice(shown: Iterable[Shown]) -> list[str]:
    places = Counter(one.place for one in shown)
    return [_at(place) for place, times in places.items() if times > 1]


def _disordered(shown: Iterable[Shown]) -> list[str]:
    last: dict[tuple[str, str], int] = {}
    found = []
    for one in shown:
        *log, seq = one.place
        key = (log[0], log[1])
        if seq <= last.get(key, 0):
            found.append(_at(one.place))
        last[key] = seq
    return found


def _at(place: Place) -> str:
    return f"{place[0]}/{place[1][:8]}/{place[2]}"
