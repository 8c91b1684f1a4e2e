"""The volunteers' screen on a display server: cage and foot draw it, here on a framebuffer in memory.

A machine in a container has no graphics card: a framebuffer that one can read (Xvfb) stands in for the
display, and a file for the card. All else is what the package brings: session, sandbox, cage, foot and fonts.
"""

import struct
from pathlib import Path

import numpy as np
from PIL import Image

from tests.boot.machine import until
from tests.boot.play import Play

PACKAGE = "xvfb"
"""What machines need for this, beside what ours depend on."""
_FRAMES = "/root/frames"
_BEGIN = f"""
apt-get install -y --no-install-recommends {PACKAGE} > /dev/null
mkdir -p {_FRAMES} /dev/dri /run/systemd/system/muster-screen.service.d
systemd-run -q --unit display Xvfb :77 -ac -screen 0 1280x720x24 -fbdir {_FRAMES}
touch /dev/dri/card0
printf '[Service]\\nEnvironment=WLR_BACKENDS=x11 WLR_RENDERER=pixman DISPLAY=:77\\n' \\
    > /run/systemd/system/muster-screen.service.d/display.conf
systemctl daemon-reload
"""
_END = """
systemctl stop display || true
rm -r /dev/dri/card0 /run/systemd/system/muster-screen.service.d/display.conf
systemctl daemon-reload
"""
_SCREEN_IN_FOOT = "pgrep -u muster-screen -P $(pgrep -x foot) -f 'muster screen' || true"


def draw(play: Play, picture: Path) -> str:
    """Let the screen run on the display; when the display dies, the console shows it again.

    What it draws is kept as a picture, not judged: on this stand-in wlroots may end after a first frame.
    """
    terminal = play.terminal
    terminal.run("export DEBIAN_FRONTEND=noninteractive\n" + _BEGIN)
    until(lambda: terminal.run(f"ls {_FRAMES}"), "the display is there")
    terminal.run("systemctl restart muster-screen")
    until(lambda: terminal.run("pgrep -x foot || true"), "cage starts foot")
    try:
        until(lambda: terminal.run(_SCREEN_IN_FOOT), "the screen runs in foot")
        until(lambda: _frame(play).any(), "something is drawn")
    finally:
        Image.fromarray(_frame(play)).save(picture)
    drawn = len(terminal.screen)
    terminal.run(_END)
    until(lambda: "River bank" in terminal.screen[drawn:], "the console shows the site again")
    return "cage, foot; and the console when they die"


def _frame(play: Play) -> np.ndarray:
    """The display's picture now, rows of RGB; Xvfb keeps it as a window dump (XWD, 32 bits a pixel)."""
    content = (play.terminal.folder / "above" / _FRAMES.lstrip("/") / "Xvfb_screen0").read_bytes()
    # X11/XWDFile.h: 25 numbers, then the window's name up to header_size, then the colours of 12 bytes each.
    told = struct.unpack(">25I", content[:100])
    header_size, width, height, line_bytes, colours = told[0], told[4], told[5], told[12], told[19]
    start = header_size + 12 * colours
    pixels = np.frombuffer(content, np.uint8, line_bytes * height, start).reshape(height, line_bytes // 4, 4)
    return pixels[:, :width, 2::-1].copy()
