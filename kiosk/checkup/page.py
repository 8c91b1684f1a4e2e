"""The page that a technician photographs: a line for each check, and under them what to repair.

It fits on a screen of 80 by 40: what is broken comes first, and what does not fit any more waits.
"""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from foundation.words import Direction, Words
from kiosk.checkup.check import Check, Finding, Mark
from kiosk.screens.display import wrap
from kiosk.troubles import CheckTrouble

WIDTH, HEIGHT = 80, 38
"""Two lines of a screen of 40 are the command's own and the prompt that follows."""
_SIGNS = {Mark.GOOD: "✔", Mark.OPEN: "·", Mark.LOOK: "!", Mark.BROKEN: "✖"}
_MORE_LINES = 1
_EXPLAINS = CheckTrouble.TERMINAL_REVOKED
"""Keys are missing then because they were wiped."""


def page_of(head: str, checks: Sequence[Check], words: Words, height: int | None) -> Iterator[str]:
    """The lines of the page; all of them, however many, where no `height` is given. Pure."""
    findings = in_order(checks)
    lines = [*wrap(head, WIDTH), *_rows(checks, findings, words), _sum(checks, words), ""]
    yield from lines
    room = None if height is None else height - len(lines)
    yield from _repairs(findings, words, room)


def in_order(checks: Sequence[Check]) -> list[Finding]:
    """What to repair, each once: first what explains the rest, what is broken, then what to look at."""
    found = list({one.trouble: one for check in checks for one in check.findings}.values())
    return sorted(found, key=lambda one: (one.trouble.code != _EXPLAINS, one.mark is not Mark.BROKEN))


def _rows(checks: Sequence[Check], findings: Sequence[Finding], words: Words) -> Iterator[str]:
    names = {check.subject: words.say(f"doctor-check-{check.subject}") for check in checks}
    widest = max(map(cell_len, names.values()), default=0)
    numbers = {one.trouble: str(number) for number, one in enumerate(findings, start=1)}
    for check in checks:
        name = names[check.subject]
        start = f"{_SIGNS[check.mark]} {name}{' ' * (widest - cell_len(name))}  "
        text = words.what(check.said) if check.said else ""
        if check.findings:
            which = sorted({int(numbers[one.trouble]) for one in check.findings})
            text = words.say("doctor-see", numbers=words.say("list-between").join(map(str, which)))
        yield start + _cut(text, WIDTH - cell_len(start))


def _sum(checks: Sequence[Check], words: Words) -> str:
    marks = [one.mark for one in in_order(checks)]
    if not marks:
        return words.say("doctor-nothing")
    broken = marks.count(Mark.BROKEN)
    return words.say("doctor-sum", broken=str(broken), look=str(len(marks) - broken))


def _repairs(findings: Sequence[Finding], words: Words, room: int | None) -> Iterator[str]:
    arrow = "←" if words.direction is Direction.RTL else "→"
    for number, one in enumerate(findings, start=1):
        lines = [
            *_hung(f"{number}. ", words.what(one.trouble)),
            *_hung(f"   {arrow} ", words.remedy(one.trouble)),
        ]
        if room is not None:
            is_last = number == len(findings)
            if len(lines) > room - (0 if is_last else _MORE_LINES):
                yield words.say("doctor-more", count=len(findings) - number + 1)
                return
            room -= len(lines)
        yield from lines


def _hung(start: str, text: str) -> Iterator[str]:
    """The text wrapped, its further lines under its first."""
    indent = cell_len(start)
    for number, line in enumerate(wrap(text, WIDTH - indent)):
        yield (start if number == 0 else " " * indent) + line


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    first, *_ = wrap(text, width - 1)
    return f"{first}…"
