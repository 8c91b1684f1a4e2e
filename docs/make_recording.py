#!/usr/bin/env python3
"""Make the recording at the top of the README: the show with its script, photographed as it goes.

Real processes play it, so two recordings differ in who stands where; what is done when, and the sum, do not.
"""

import sys

from make_pictures import PICTURES, for_browsers
from moving_picture import moving

from muster.demo.show.app import PHOTOGRAPHED_EVERY_S
from muster.demo.show.play import play_show
from muster.demo.show.script import DEFAULT

MOST_BYTES = 400_000
_LAST_SECONDS = 4.0


def main() -> None:
    """Play, photograph, put together."""
    pictures: list[str] = []
    status = play_show(None, DEFAULT, pictures.append)
    if status:
        sys.exit(status)
    made = moving([for_browsers(each) for each in pictures], PHOTOGRAPHED_EVERY_S, _LAST_SECONDS)
    if len(made.encode()) > MOST_BYTES:
        sys.exit(f"The recording has {len(made.encode())} bytes, more than {MOST_BYTES}.")
    (PICTURES / "show.svg").write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
