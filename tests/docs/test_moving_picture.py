"""Pictures that move: what stays is drawn once, what changes comes and goes in its time."""

import runpy
import xml.etree.ElementTree as ET

from tests.docs.test_pictures import DOCS

moving = runpy.run_path(str(DOCS / "moving_picture.py"))["moving"]
RECORDING = DOCS / "pictures" / "show.svg"
MOST_BYTES = 400_000

WINDOW = """<svg xmlns="http://www.w3.org/2000/svg"><style>
.terminal-1-matrix {{ font-size: 20px }}
.terminal-1-r1 {{ fill: #ffffff }}
</style><g transform="translate(9, 41)" clip-path="url(#terminal-1-clip-terminal)">
<rect fill="#000000" x="0" y="1"/><g class="terminal-1-matrix">
<text class="terminal-1-r1" x="1" y="2" textLength="9" lengthAdjust="spacingAndGlyphs">stays</text>
<text class="terminal-1-r1" x="1" y="3">{word}</text><text class="terminal-1-r1">
</text></g></g></svg>"""


def test_what_stays_is_there_once_and_what_changes_has_its_moments():
    made = moving([WINDOW.format(word=word) for word in ("one", "two", "one")], 1, 2)
    root = ET.fromstring(made)
    assert [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")] == ["stays", "one", "two"]
    moments = [
        (one.get("keyTimes"), one.get("values"), one.get("dur"))
        for one in root.iter("{http://www.w3.org/2000/svg}animate")
    ]
    assert moments == [
        ("0;0.2500;0.5000", "inline;none;inline", "4s"),
        ("0;0.2500;0.5000", "none;inline;none", "4s"),
    ]


def test_the_recording_is_small_fetches_nothing_and_ends_even():
    picture = RECORDING.read_text(encoding="utf-8")
    assert len(picture.encode()) < MOST_BYTES
    assert "url(" not in picture.replace("url(#", "")
    assert "<script" not in picture
    words = [text.text for text in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert {"doubled", "lost", "settled"} <= set(words)
