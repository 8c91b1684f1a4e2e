#!/usr/bin/env python3
"""Make the picture of the centre's board: play the demo's day, then photograph its page with Chromium."""

import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

PICTURE = Path(__file__).parent / "pictures" / "board.png"
_SIZE = "1280,1560"
_CHROMIUM = (
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def main() -> None:
    """Play, photograph, stop."""
    demo = subprocess.Popen(
        [sys.executable, "-m", "muster", "demo", "--keep"], stdout=subprocess.PIPE, text=True
    )
    page = ""
    for line in demo.stdout or ():
        page = page or next(iter(re.findall(r"http://\S+", line)), "")
        if "until Ctrl-C" in line:  # the last line before it waits
            break
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                *_CHROMIUM,
                f"--user-data-dir={profile}",
                f"--window-size={_SIZE}",
                f"--screenshot={PICTURE}",
                page,
            ],
            check=True,
            capture_output=True,
        )
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=30)
    print(f"{PICTURE.name} shows {page}")


if __name__ == "__main__":
    main()
