#!/usr/bin/env python3
"""Cut the glyphs of the screens' large words out of GNU Unifont: `docs/make_block_letters.py [unifont.hex]`.

Debian's package `unifont` installs the font as /usr/share/unifont/unifont.hex. Run this after a large word
changed in a catalog of `foundation/words`; a test says when.
"""

import sys
from pathlib import Path

from kiosk.screens import block_letters
from kiosk.screens.volunteer_view import large_texts

HEADER = """\
# Glyphs of GNU Unifont 15.0.01, unifoundry.com/unifont, copyright 1998-2022 Roman Czyborra, Paul Hardy,
# Qianqian Fang and others. Dual-licensed: SIL Open Font License 1.1, or GNU GPL 2 or later with the font
# embedding exception; used here under the former, see block_letters.OFL.txt. One glyph a line: code point,
# then 16 rows of dots. Made by docs/make_block_letters.py.
"""


def cut(font: str, texts: list[str]) -> str:
    """The lines of the font for every character of the texts, in the order of their code points."""
    wanted = {ord(character) for text in texts for character in text} - {ord(" ")}
    found = {int(line.partition(":")[0], 16): line for line in font.splitlines()}
    missing = sorted(wanted - set(found))
    if missing:
        sys.exit(f"The font has no glyph for {' '.join(map(chr, missing))}. Choose other words.")
    return HEADER + "".join(f"{found[code]}\n" for code in sorted(wanted))


def main() -> None:
    """Write the glyphs beside the module that draws them."""
    font = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unifont/unifont.hex")
    target = Path(block_letters.__file__).with_suffix(".hex")
    target.write_text(cut(font.read_text(encoding="ascii"), large_texts()), encoding="utf-8")


if __name__ == "__main__":
    main()
