"""Runs in the terminal: a scanner on a pseudo-terminal, which sends each line that is written to a pipe."""

import os
import pty
import shutil
import tty
from pathlib import Path

DEVICE, PIPE = Path("/dev/serial/by-id/usb-scanner"), Path("/run/scanner")


def main() -> None:
    """Serve for ever."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    name = os.ttyname(theirs)
    shutil.chown(name, group="dialout")
    Path(name).chmod(0o660)
    DEVICE.parent.mkdir(parents=True, exist_ok=True)
    DEVICE.unlink(missing_ok=True)
    DEVICE.symlink_to(name)
    PIPE.unlink(missing_ok=True)
    os.mkfifo(PIPE)
    while True:
        with PIPE.open("rb") as scans:
            for line in scans:
                os.write(ours, line.strip() + b"\r\n")


if __name__ == "__main__":
    main()
