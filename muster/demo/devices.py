"""What people do at the terminal (hold up, lay down, type, send), done by the stand-ins that ship with it."""

import os
import termios
import time
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from drivers.simulated import twins
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.em4100 import SimulatedEm4100
from drivers.simulated.id_card import SimulatedIdCardReader, card_text
from drivers.simulated.modem import SimulatedModem, received_pdus
from drivers.simulated.scanner import SimulatedScanner
from drivers.simulated.serial_line import SerialLine
from foundation.errors import DeviceError
from muster.demo.centre import code_in
from muster.demo.day import DEVICES, KINDS, How
from muster.demo.site import Site
from muster.troubles import CommandTrouble

GARBAGE = b"\x02\xff\x00\x9e\x07garbage\x1b[2J\xe6\x97\r"
"""What a scanner with a broken cable sends."""

_LOCAL_MODES = 3  # the place of c_lflag in what tcgetattr returns (man 3 termios)
_PLAYED_WITHIN_S = 5.0
_CAMERA_QUIET_S = 0.3  # the driver's last pictures of a badge that is on its way out of sight
_SAME_BADGE_AGAIN_S = 2.0  # longer than the camera's repeat_after_ms
_CARD_LIES_S = 1.0  # longer than two looks of the driver and the read itself


class DevicesOfDemo:
    """All the devices of the demo's terminal, from the people's side."""

    def __init__(self, site: Site, keypad: int) -> None:
        """`keypad` is the terminal end of the volunteers' screen: what is written there is typed."""
        self._keypad = keypad
        self._site = site
        self._reels: dict[str, list[bytes]] = {}
        self._shown_at_s: dict[str, float] = {}
        self._camera_back_s = 0.0
        with ExitStack() as opened:
            self.camera = opened.enter_context(SimulatedCamera(size=(960, 540)))
            self._scanner = opened.enter_context(SimulatedScanner(site.port("scanner")))
            self._tag_reader = opened.enter_context(SimulatedEm4100(site.port("tag")))
            self._id_reader = opened.enter_context(SimulatedIdCardReader(site.port("id-card")))
            self.modem = opened.enter_context(SimulatedModem(site.port("modem")))
            self._opened = opened.pop_all()
        self._lines: Mapping[How, SerialLine] = {
            How.SCANNER: self._scanner,
            How.TAG: self._tag_reader,
            How.ID_CARD: self._id_reader.line,
            How.TEXT: self.modem.line,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def wait_until_keys_count(self, within_s: float) -> None:
        """Wait until the screen reads single keys; raises DeviceError when that takes long.

        Before that the kernel keeps what is typed as a line, and the screen would find it without its Enter.
        """
        ends_s = time.monotonic() + within_s
        while termios.tcgetattr(self._keypad)[_LOCAL_MODES] & termios.ICANON:
            if time.monotonic() > ends_s:
                raise DeviceError(
                    CommandTrouble.DEMO_FAILED, why="The screen did not start in time.", log="logs/screen.log"
                )
            time.sleep(0.05)

    def load(self, reels: list[list[bytes]]) -> None:
        """Take the film of the camera, one reel for each of the site's camera texts."""
        self._reels = dict(zip(self._site.camera_texts(), reels, strict=True))

    def begin(self, how: How, what: str, short_code: str) -> None:
        """Present `what`; `short_code` is what the person reads on the screen and texts to the terminal."""
        match how:
            case How.CAMERA:
                # What is in view as a camera is opened was not seen to come, and checks nobody out.
                since_s = max(self._shown_at_s.get(what, 0.0), self._camera_back_s)
                time.sleep(max(0.0, since_s + _SAME_BADGE_AGAIN_S - time.monotonic()))
                self.camera.play(self._reels[what])
            case How.SCANNER:
                self._scanner.scan(what)
            case How.TAG:
                self._tag_reader.hold(what)
            case How.ID_CARD:
                self._id_reader.lay(card_text(what))
            case How.TEXT:
                sent_ms = self._site.terminal_clock.wall_ms()
                for pdu in received_pdus(what, f"签到 {short_code}", sent_ms=sent_ms):
                    self.modem.receive(pdu)
            case How.CARD:
                twins.command(self._site.twins, "card", *what.split())
            case How.NUMBER_PAD | How.WEDGE:
                twins.command(self._site.twins, DEVICES[how], "type", what)
            case How.KEYPAD:
                os.write(self._keypad, what.encode() + b"\r")
            case How.LINE:
                self._scanner.send(GARBAGE)

    def answered_code(self, phone: str) -> str:
        """The digits in the terminal's newest text message to a telephone, "" while there are none."""
        number = phone.removeprefix("+")
        texts = [text for sent_to, text in self.modem.sent_texts() if sent_to.removeprefix("+") == number]
        return code_in(texts[-1]) if texts else ""

    def finish(self, how: How, what: str) -> None:
        """Take away what was presented, so that the next scene begins without it."""
        if how is How.CAMERA:
            self.camera.wait_until_played(_PLAYED_WITHIN_S)
            time.sleep(_CAMERA_QUIET_S)
            self._shown_at_s[what] = time.monotonic()
        elif how is How.ID_CARD:
            time.sleep(_CARD_LIES_S)
            self._id_reader.take_away()
        elif how is How.CARD:
            time.sleep(_CARD_LIES_S)
            twins.command(self._site.twins, "card")

    def unplug(self, how: How) -> None:
        """Pull the device's cable."""
        if how is How.CAMERA:
            self.camera.end()
        elif KINDS[how].twin_as:
            twins.command(self._site.twins, DEVICES[how], "unplug")
        else:
            self._lines[how].unplug()

    def is_back(self, how: How) -> None:
        """Take note that the terminal serves with the device again."""
        if how is How.CAMERA:
            self._camera_back_s = time.monotonic()

    def plug_in(self, how: How) -> None:
        """Put it back."""
        if how is How.CAMERA:
            self.camera.resume()
        elif KINDS[how].twin_as:
            twins.command(self._site.twins, DEVICES[how], "plug_in")
        else:
            self._lines[how].plug_in()
