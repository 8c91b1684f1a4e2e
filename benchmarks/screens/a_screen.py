"""A screen of the terminal as it is run: `a_screen.py volunteer|monitor SOCKET`.

Answers follow each other at once here, as people don't. fontTools, which only printing badges brings along,
is as absent as at a terminal.
"""

import sys
from pathlib import Path

sys.modules["fontTools"] = None  # type: ignore[assignment]  # that is how it is not there


def main() -> None:
    """Run it until it is killed."""
    which, path = sys.argv[1:]
    if which == "monitor":
        from kiosk.screens.monitor.page import run_monitor  # noqa: PLC0415

        run_monitor(Path(path), "en")
    else:
        from kiosk.screens import volunteer  # noqa: PLC0415

        volunteer.SHOWN_AT_LEAST_S = 0
        volunteer.run_screen(Path(path), "en")


if __name__ == "__main__":
    main()
