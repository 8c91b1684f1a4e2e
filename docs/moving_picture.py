"""Several pictures of one Textual window as one SVG that moves: what stays is drawn once. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_STYLE = re.compile(r"\.(\S+-r\d+) \{ ([^}]*?) ?\}\n?")
_BODY = re.compile(
    r'(<g transform="[^"]*" clip-path="[^"]*">)(.*?<g class="[^"]*-matrix">.*?)(\s*</g>\s*</g>\s*</svg>)',
    re.DOTALL,
)
_PAPER = '<rect width="100%" height="100%"/>'
_ELEMENT = re.compile(r"<(?:rect|path)\b[^>]*/>|<text\b[^>]*>.*?</text>", re.DOTALL)
_NOTHING = re.compile(r'<rect fill="#000000"|<text[^>]*>\s*</text>')
"""What is not seen on black."""
_LENGTH = re.compile(r' textLength="[\d.]+" lengthAdjust="spacingAndGlyphs"(?=>[!-~]+<)')
"""Of words whose letters are a cell wide in any font of fixed width."""
_BOXES = re.compile(r'(?<= d=")[^"]*')
_BOX = re.compile(r"M([\d.]+) ([\d.]+)H([\d.]+)V([\d.]+)H[\d.]+z")
_CLASS = re.compile(r'class="(\S+)"')
_ID = re.compile(r"terminal-\d+-")


class _Element(NamedTuple):
    """Something drawn, and in which pictures it is seen; papers lie below what is written on them."""

    is_ink: bool
    drawn: str


def moving(pictures: Sequence[str], seconds: float, last_seconds: float) -> str:
    """The pictures one after the other, each for so many seconds, for ever; none may differ in size."""
    styles: dict[str, str] = {}
    seen: dict[_Element, list[int]] = {}
    for number, picture in enumerate(pictures):
        for element in _elements(picture, styles):
            when = seen.setdefault(element, [])
            if when[-1:] != [number]:
                when.append(number)
    ends = [seconds * (number + 1) for number in range(len(pictures) - 1)]
    ends.append(seconds * (len(pictures) - 1) + last_seconds)
    together: dict[tuple[bool, tuple[int, ...]], list[str]] = {}
    for element, numbers in seen.items():
        together.setdefault((element.is_ink, tuple(numbers)), []).append(element.drawn)
    groups = [
        _group(numbers, "".join(drawn), ends)
        for (_, numbers), drawn in sorted(together.items(), key=lambda one: one[0][0])
    ]
    return _framed(pictures[0], styles, "\n".join(groups))


def _elements(picture: str, styles: dict[str, str]) -> Iterator[_Element]:
    of_class = {name: styles.setdefault(css, f"s{len(styles)}") for name, css in _STYLE.findall(picture)}
    body = _BODY.search(picture)
    for found in _ELEMENT.finditer(body[2] if body else ""):
        if _NOTHING.match(found[0]):
            continue
        drawn = _BOXES.sub(_joined, _LENGTH.sub("", found[0]))
        drawn = _CLASS.sub(lambda match: f'class="{of_class[match[1]]}"', drawn)
        yield _Element(not drawn.startswith("<rect"), drawn)


def _joined(boxes: re.Match[str]) -> str:
    """The same boxes, each with its neighbours at its right in one."""
    found: list[list[str]] = []
    for left, top, right, bottom in _BOX.findall(boxes[0]):
        if found and found[-1][1:] == [top, left, bottom]:
            found[-1][2] = right
        else:
            found.append([left, top, right, bottom])
    return "".join(f"M{left} {top}H{right}V{bottom}H{left}z" for left, top, right, bottom in found)


def _group(numbers: tuple[int, ...], drawn: str, ends: Sequence[float]) -> str:
    """What is seen in those pictures, with the moments at which it comes and goes."""
    if len(numbers) == len(ends):
        return f"<g>{drawn}</g>"
    times, values = ["0"], ["inline" if 0 in numbers else "none"]
    for number in range(1, len(ends)):
        value = "inline" if number in numbers else "none"
        if value != values[-1]:
            times.append(f"{ends[number - 1] / ends[-1]:.4f}")
            values.append(value)
    return (
        f'<g display="{values[0]}"><animate attributeName="display" '
        f'dur="{ends[-1]:g}s" repeatCount="indefinite" keyTimes="{";".join(times)}" '
        f'values="{";".join(values)}"/>{drawn}</g>'
    )


def _framed(first: str, styles: dict[str, str], groups: str) -> str:
    """The first picture's window with all that moves in it; the same names whenever it is made."""
    rules = "\n".join(f".{name} {{ {css} }}" for css, name in styles.items())
    framed = _BODY.sub(
        lambda match: f'{match[1]}{_PAPER}<g class="terminal-0-matrix">\n{groups}\n{match[3].strip()}\n',
        _STYLE.sub("", first),
    )
    return _ID.sub("window-", framed.replace("</style>", f"{rules}\n</style>", 1))
