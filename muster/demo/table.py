"""The demo's table: what the script foresees beside what the centre settled, and the rules that made it."""

from msgspec import Struct

from muster.demo.day import Day


class Line(Struct, frozen=True):
    """One volunteer's line, as the page's JSON tells it; `steps` are the rules in words."""

    volunteer: int
    seconds: int
    hours: str
    is_open: bool
    steps: list[str]


class TerminalRow(Struct, frozen=True):
    """How complete the centre's evidence of a terminal is."""

    state: str


class Board(Struct, frozen=True):
    """The part of `/api/board.json` that the demo compares."""

    lines: list[Line] = []
    terminals: list[TerminalRow] = []
    waiting: int = 0

    def is_finished(self) -> bool:
        """Whether the centre misses nothing and has settled everybody."""
        complete = all(terminal.state == "complete" for terminal in self.terminals)
        return complete and not self.waiting and not any(line.is_open for line in self.lines)


def equal(day: Day, board: Board) -> bool:
    """Whether every volunteer has exactly the seconds that the script foresees, and nobody else has any."""
    settled = {line.volunteer: line.seconds for line in board.lines}
    return settled == {expected.who: expected.seconds for expected in day.expected}


def render(day: Day, board: Board) -> str:
    """The table, for a terminal; its last line is `expected = settled`, or has `≠` in its place."""
    lines = {line.volunteer: line for line in board.lines}
    rows = [f"{'volunteer':>9} {'expected':>9} {'settled':>8} {'hours':>6}  the rules that made it"]
    for expected in day.expected:
        line = lines.get(expected.who) or Line(
            expected.who, -1, "-", is_open=False, steps=["nothing settled"]
        )
        first, *more = line.steps or ["as presented"]
        rows.append(f"{expected.who:>9} {expected.seconds:>8}s {line.seconds:>7}s {line.hours:>6}  {first}")
        rows += [f"{'':36} {step}" for step in more]
    return "\n".join((*rows, "", f"expected {'=' if equal(day, board) else '≠'} settled"))
