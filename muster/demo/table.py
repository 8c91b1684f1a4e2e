"""The demo's table: what the script foresees beside what the centre settled."""

from msgspec import Struct

from muster.demo.day import Day


class Line(Struct, frozen=True):
    """A settled line as the page's JSON tells it; `steps` are the rules that made it, in words."""

    volunteer: int
    seconds: int
    hours: str
    steps: list[str]
    is_open: bool


def equal(day: Day, lines: list[Line]) -> bool:
    """Whether every volunteer has exactly the seconds that the script foresees, and nobody else has any."""
    return {line.volunteer: line.seconds for line in lines} == {
        expected.who: expected.seconds for expected in day.expected
    }


def render(day: Day, lines: list[Line]) -> str:
    """The table for a terminal; its last line is `expected = settled` or `expected ≠ settled`."""
    settled = {line.volunteer: line for line in lines}
    rows = [f"{'volunteer':>9}  {'expected':>8}  {'settled':>8}  {'hours':>6}  the rules that made it"]
    for expected in day.expected:
        line = settled.get(expected.who)
        seconds, hours = (str(line.seconds), line.hours) if line else ("-", "-")
        rows.append(f"{expected.who:>9}  {expected.seconds:>8}  {seconds:>8}  {hours:>6}  ".rstrip())
    return "\n".join((*rows, "", f"expected {'=' if equal(day, lines) else '≠'} settled"))
