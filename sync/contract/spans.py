"""Spans of consecutive places: first and last, both included; pure."""

from collections.abc import Iterable, Iterator

Span = tuple[int, int]
"""The first and the last of consecutive places."""


def uncovered(first: int, last: int, covered: Iterable[Span]) -> Iterator[Span]:
    """What lies between `first` and `last` and in no span of `covered`, in order."""
    place = first
    for begin, end in sorted(covered):
        if begin > last:
            break
        if begin > place:
            yield place, begin - 1
        place = max(place, end + 1)
    if place <= last:
        yield place, last
