#!/usr/bin/env python3
"""Make the documentation's pictures: `docs/make_pictures.py [NAME …]`, all of them without a name.

The terminal's screens are the real programs, fed over a real local socket with `recorded-messages.jsonl`; the
same messages give the same bytes.
"""

import asyncio
import html
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.cells import cell_len

from kiosk.local_api.client import LocalClient
from kiosk.local_api.simulated_engine import SimulatedEngine, read_recording
from kiosk.screens import volunteer
from kiosk.screens.engine_app import EngineApp
from kiosk.screens.monitor.page import Monitor
from kiosk.screens.volunteer import VolunteerScreen

PICTURES = Path(__file__).parent / "pictures"
RECORDING = PICTURES / "recorded-messages.jsonl"
_PATIENCE_MS = 600_000


def terminal_volunteer(target: Path) -> None:
    """A volunteer has just checked in: the first recorded message."""
    target.write_text(_volunteer("en", messages=1), encoding="utf-8")


def terminal_volunteer_chinese(target: Path) -> None:
    """The next one has just checked out, in Chinese."""
    target.write_text(_volunteer("zh-Hans", messages=2), encoding="utf-8")


def terminal_volunteer_arabic(target: Path) -> None:
    """The third has just checked in, in Arabic, from right to left."""
    target.write_text(_volunteer("ar", messages=3), encoding="utf-8")


def terminal_monitor(target: Path) -> None:
    """The staff's view while the line is down and a scanner is unplugged."""
    target.write_text(_photograph(lambda socket: Monitor(socket, "en"), (100, 30), None), encoding="utf-8")


MAKERS: dict[str, Callable[[Path], None]] = {
    "terminal-volunteer.svg": terminal_volunteer,
    "terminal-volunteer.zh-Hans.svg": terminal_volunteer_chinese,
    "terminal-volunteer.ar.svg": terminal_volunteer_arabic,
    "terminal-monitor.svg": terminal_monitor,
}
"""Each picture's file in `docs/pictures` and the function that makes it."""


def _volunteer(language: str, messages: int) -> str:
    return _photograph(lambda socket: VolunteerScreen(socket, language, seconds=600), (80, 24), messages)


def _photograph(app_at: Callable[[Path], EngineApp], size: tuple[int, int], messages: int | None) -> str:
    """What the app shows in a terminal of that size once it has heard so many messages, or all."""
    snapshot, recorded = read_recording(RECORDING)
    # A real engine says something each second; this one's silence must end no conversation.
    LocalClient.__init__.__kwdefaults__["silence_ms"] = _PATIENCE_MS
    volunteer.SHOWN_AT_LEAST_S = 0  # an answer that waited for its second would come after the picture

    async def play(folder: Path) -> str:
        app, engine = app_at(folder / "kiosk.sock"), SimulatedEngine(folder / "kiosk.sock", snapshot)
        engine.start()
        async with app.run_test(size=size) as pilot:
            while app.state.snapshot is None:
                await pilot.pause(0.02)
            for message in recorded[:messages]:
                before = app.state
                engine.say(message)
                while app.state is before:
                    await pilot.pause(0.02)
            svg = await _settled(app)
        engine.stop()
        return svg

    with tempfile.TemporaryDirectory() as folder:
        return for_browsers(asyncio.run(play(Path(folder))))


async def _settled(app: EngineApp) -> str:
    """The picture once nothing changes it any more: what one drawing lays out, the next may still move."""
    shown = before = None
    while shown is None or shown != before:
        before, drawn = shown, asyncio.Event()
        app.screen.call_after_refresh(drawn.set)
        await drawn.wait()
        shown = app.export_screenshot(title="Muster")
    return shown


# Textual's SVG is set in a font that it fetches, and a browser would order Arabic a second time. Here every
# word stands where its cells are, whatever the font, and blocks and frames are drawn as rectangles.

_CELL, _LINE, _BASELINE, _TOP = 12.2, 24.4, 20.0, 1.5
"""The grid of Rich's SVG export, in pixels: a cell's width and height, its baseline, the space above."""

_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_LINE_CLIP = re.compile(r'<clipPath id="[^"]+-line-\d+">.*?</clipPath>\s*', re.DOTALL)
_LAST_LINE = re.compile(r'(-clip-terminal">\s*<rect [^>]*height=")([\d.]+)')
_TEXT = re.compile(r'<text class="([^"]+)" x="([\d.]+)" y="([\d.]+)" textLength="[\d.]+"[^>]*>(.*?)</text>')
_WORD = re.compile(r"[\u2500-\u259f]+|[^\s\u2500-\u259f]+")
_CSS = """text { direction: ltr; unicode-bidi: bidi-override; white-space: pre }
    path { shape-rendering: crispEdges }
    """

_FONTS = "'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace"
_LAST_LINE_MORE = 6.0
"""Pixels below the last line, where letters with descenders would be cut."""

_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
_ARMS = ("rl", "ud", "rd", "dl", "ur", "ul")
"""Where a frame's six characters reach from the middle of their cell: up, right, down, left."""

_FRAMES = (("─│╭╮╰╯", 1, (0,)), ("━┃┏┓┗┛", 3, (0,)), ("═║╔╗╚╝", 1, (-2, 2)))
"""Each frame's characters, the thickness of its lines, and how far from the middle they run."""


def for_browsers(svg: str) -> str:
    """A picture of Textual as any browser shows it."""
    svg = _LINE_CLIP.sub("", _FONT_FACE.sub("", svg))
    svg = _LAST_LINE.sub(lambda match: f"{match[1]}{float(match[2]) + _LAST_LINE_MORE:.1f}", svg)
    svg = svg.replace("font-family: Fira Code, monospace", f"font-family: {_FONTS}")
    return _TEXT.sub(_placed, svg.replace("<style>", f"<style>\n    {_CSS}", 1))


def _placed(match: re.Match[str]) -> str:
    """One run of text as words and shapes, each at its own cells."""
    style, left, baseline, content = match[1], float(match[2]), float(match[3]), html.unescape(match[4])
    parts = []
    for word in _WORD.finditer(content):
        x = left + _CELL * cell_len(content[: word.start()])
        drawn = [_rectangles(character) for character in word[0]]
        if all(drawn):
            top = baseline - _BASELINE + _TOP
            places = enumerate(drawn)
            path = "".join(_box(x + _CELL * at, top, box) for at, boxes in places for box in boxes)
            parts.append(f'<path class="{style}" d="{path}"/>')
        else:
            length = _CELL * cell_len(word[0])
            parts.append(
                f'<text class="{style}" x="{x:.1f}" y="{baseline:.1f}" textLength="{length:.1f}" '
                f'lengthAdjust="spacingAndGlyphs">{html.escape(word[0])}</text>'
            )
    return "".join(parts)


_Box = tuple[float, float, float, float]
"""Left, top, right and bottom within a cell."""


def _rectangles(character: str) -> list[_Box]:
    """What a block or frame character consists of; nothing for any other."""
    if character in _QUADRANTS[1:]:
        bits, half_width, half_height = _QUADRANTS.index(character), _CELL / 2, _LINE / 2
        return [
            (
                half_width * (place % 2),
                half_height * (place // 2),
                half_width * (place % 2 + 1),
                half_height * (place // 2 + 1),
            )
            for place in range(4)
            if bits >> place & 1
        ]
    for characters, thickness, shifts in _FRAMES:
        if character in characters:
            arms = _ARMS[characters.index(character)]
            return [box for shift in shifts for box in _lines(arms, thickness, shift)]
    return []


def _lines(arms: str, thickness: int, shift: int) -> list[_Box]:
    """A line along the arms; `shift` moves it to the outer side of a corner, or back."""
    middle_x = _CELL / 2 + shift * (("r" in arms) - ("l" in arms) + (arms == "ud"))
    middle_y = _LINE / 2 + shift * (("d" in arms) - ("u" in arms) + (arms == "rl"))
    near, far = middle_x - thickness / 2, middle_x + thickness / 2
    above, below = middle_y - thickness / 2, middle_y + thickness / 2
    reach = {
        "u": (near, 0.0, far, below),
        "r": (near, above, _CELL, below),
        "d": (near, above, far, _LINE),
        "l": (0.0, above, far, below),
    }
    return [reach[arm] for arm in arms]


def _box(x: float, y: float, box: _Box) -> str:
    left, top, right, bottom = box
    return f"M{x + left:.1f} {y + top:.1f}H{x + right:.1f}V{y + bottom:.1f}H{x + left:.1f}z"


def main() -> None:
    """Make the named pictures, or all."""
    names = sys.argv[1:] or list(MAKERS)
    for name in names:
        if name not in MAKERS:
            sys.exit(f"No picture is called {name}. There are: {', '.join(MAKERS)}.")
        MAKERS[name](PICTURES / name)


if __name__ == "__main__":
    main()
