"""Many numbers in few signs."""

from collections.abc import Sequence


def spans(numbers: Sequence[int], most: int) -> str:
    """Ascending numbers, those that follow each other as one: 1001–1003, 1007; at most so many of these."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in found[:most]]
    return ", ".join(shown) + (" …" if len(found) > most else "")
