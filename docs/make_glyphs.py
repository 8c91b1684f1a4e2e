#!/usr/bin/env python3
"""Cut the glyphs of the screens' large letters out of GNU Unifont: `docs/make_glyphs.py [unifont.hex]`.

Debian's package `unifont` installs the font as /usr/share/unifont/unifont.hex. Run this after a script was
added to SCRIPTS.
"""

import gzip
import sys
from pathlib import Path

from kiosk.screens import glyphs

HEADER = """\
# Glyphs of GNU Unifont 15.0.01, unifoundry.com/unifont, copyright 1998-2022 Roman Czyborra, Paul Hardy,
# Qianqian Fang and others. Dual-licensed: SIL Open Font License 1.1, or GNU GPL 2 or later with the font
# embedding exception; used here under the former, see glyphs.OFL.txt. One glyph a line: code point,
# then 16 rows of dots. Made by docs/make_glyphs.py.
"""
SCRIPTS = (
    (0x0021, 0x024F),  # Latin
    (0x0370, 0x052F),  # Greek and Cyrillic
    (0x05D0, 0x05EA),  # Hebrew
    (0x0600, 0x06FF),  # Arabic
    (0x1E00, 0x1EFF),  # Latin of Vietnam
    (0x2010, 0x206F),  # punctuation
    (0x20A0, 0x23FF),  # money, arrows, technical signs
    (0x25A0, 0x27BF),  # shapes and marks
    (0x3000, 0x30FF),  # punctuation of Chinese, kana
    (0x4E00, 0x9FFF),  # Chinese
    (0xAC00, 0xD7A3),  # Hangul
    (0xFB50, 0xFDFF),  # joined Arabic
    (0xFE70, 0xFEFF),
    (0xFF00, 0xFFEF),  # full width
)
"""In what names and our words are written; first and last code point."""


def cut(font: str) -> str:
    """The lines of the font for every character of the scripts."""
    wanted = [range(first, last + 1) for first, last in SCRIPTS]
    lines = (
        line for line in font.splitlines() if any(int(line.partition(":")[0], 16) in one for one in wanted)
    )
    return HEADER + "".join(f"{line}\n" for line in lines)


def main() -> None:
    """Write the glyphs beside the module that reads them."""
    font = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unifont/unifont.hex")
    target = Path(glyphs.__file__).with_suffix(".hex.gz")
    target.write_bytes(gzip.compress(cut(font.read_text(encoding="ascii")).encode(), mtime=0))


if __name__ == "__main__":
    main()
