"""What stands in the window beside the terminals' own screens: from what is known to lines, pure."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from foundation.words import FALLBACK, Words
from kiosk.screens.monitor import view
from kiosk.screens.terminal_state import TerminalState
from kiosk.screens.volunteer_view import heading, status_line
from muster.demo.show.counted import Centre
from muster.demo.show.deeds import GATE_KEYS, NAMES, OF_CENTRE, QUIT
from muster.demo.show.gate import Gate
from muster.demo.show.tally import Tally

_GAP = "  "


def under_gate(gate: Gate, state: TerminalState, width: int) -> list[Content]:
    """Two lines below a terminal's screen: its clock and its backlog, and what was done to it."""
    _, clock = heading(state, FALLBACK)
    said = " · ".join(filter(None, (clock, status_line(state, FALLBACK))))
    wrong = faults_of(gate)
    below = Content.styled(" ".join(f"✖ {one}" for one in wrong), view.BAD) if wrong else Content("")
    return [Content(said[:width]), below]


def faults_of(gate: Gate) -> list[str]:
    """What is wrong with a terminal now, in words."""
    states = {
        "no power": gate.is_dark,
        "network cut": gate.is_cut,
        "clock wrong": gate.is_wrong,
        "unplugged": gate.is_unplugged,
    }
    return [what for what, holds in states.items() if holds]


def monitor(state: TerminalState, width: int, height: int) -> list[Content]:
    """The staff's view of one terminal, as `muster monitor` draws it: devices, link, the last readings."""
    words, snapshot = Words(FALLBACK), state.snapshot
    if snapshot is None:
        return view.banner(state, words, width)
    above = [*view.devices(snapshot, words, width), Content("")]
    below = [Content(""), *view.terminal(snapshot, words, width)]
    banner = view.banner(state, words, width)
    room = max(2, height - len(above) - len(below) - len(banner))
    return [*banner, *above, *view.readings(snapshot, words, width)[:room], *below]


def centre(counted: Centre, happened: Sequence[str], width: int, height: int) -> list[Content]:
    """The centre's counters, and what was done, the newest first."""
    rows = [
        ("check-ins and check-outs stored", counted.stored),
        ("stays settled", counted.stays),
        ("people here", counted.open),
        ("people to settle anew", counted.waiting),
        ("times put back", counted.generation - 1),
    ]
    lines = [_counter(label, number, width) for label, number in rows]
    if not counted.answers:
        lines[0] = Content.styled("being put back …", view.BAD)
    lines.append(Content(""))
    for text in reversed(happened):
        lines += [Content.styled(line, view.QUIET) for line in _wrapped(text, width)]
    return lines[:height]


def total(counted: Tally, *, ending: bool) -> Content:
    """The line that everything is about."""
    text = counted.sentence()
    if ending and not counted.is_even:
        text += " · everything is mended, waiting for the rest …"
    good = not (counted.lost or counted.doubled)
    return Content.styled(f" {text} ", "bold #FFFFFF on #0072B2" if good else "bold #000000 on #D55E00")


def keys(width: int) -> list[Content]:
    """What the keys do; as many lines as hold them."""
    items = [(f"{GATE_KEYS[0]}-{GATE_KEYS[-1]}", "terminal")]
    items += [(str(deed), name) for deed, name in NAMES.items() if deed not in OF_CENTRE]
    items += [(str(deed), NAMES[deed]) for deed in OF_CENTRE]
    items.append((QUIT, "end"))
    lines, used = [Content("")], 0
    for key, name in items:
        item = Content.assemble((key, "bold #56B4E9"), f" {name}")
        taken = cell_len(item.plain)
        if used and used + len(_GAP) + taken > width:
            lines.append(item)
            used = taken
        else:
            lines[-1] = Content.assemble(lines[-1], _GAP if used else "", item)
            used += taken + (len(_GAP) if used else 0)
    return lines


def _counter(label: str, number: int, width: int) -> Content:
    text = str(number)
    return Content.assemble(
        (label, view.QUIET), " " * max(1, width - cell_len(label) - len(text)), (text, "bold")
    )


def _wrapped(text: str, width: int) -> list[str]:
    lines, used = [""], 0
    for word in text.split():
        if used and used + 1 + len(word) > width:
            lines.append(f"  {word}")
            used = len(word) + 2
        else:
            lines[-1] = f"{lines[-1]} {word}".strip() if used else word
            used += len(word) + bool(used)
    return lines
