"""Plays the day: moves the clock, lets people present themselves, and waits for the terminal's answer."""

import os
import threading
import time
from collections.abc import Callable

from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.scanner import SimulatedScanner
from kiosk.local_client import EngineGone, Heard, LocalClient
from kiosk.local_messages import Decided, LinkReport, Snapshot, Status
from muster.demo.day import How, Step
from muster.demo.relay import Relay
from muster.demo.site import Site
from muster.errors import DeviceError

GARBAGE = b"\x02\xff\x00\x9e\x07garbage\x1b[2J\xe6\x97\r"
"""What a scanner with a broken cable sends."""

_ANSWER_WITHIN_S = 5.0
_TRIES = 8
_CAMERA_QUIET_S = 0.3  # the driver's last pictures of a badge that is on its way out of sight
_SAME_BADGE_AGAIN_S = 2.0  # longer than the camera's repeat_after_ms

Tell = Callable[[str], None]


class Director:
    """Knows where everything is and what should come next; all times of the day stand still meanwhile."""

    def __init__(
        self,
        site: Site,
        camera: SimulatedCamera,
        scanner: SimulatedScanner,
        keypad: int,
        relay: Relay,
        tell: Tell,
    ) -> None:
        """`keypad` is the terminal end of the volunteers' screen: what is written there is typed."""
        self._site = site
        self._camera = camera
        self._scanner = scanner
        self._keypad = keypad
        self._relay = relay
        self._tell = tell
        self._heard = threading.Condition()
        self._decided: list[Decided] = []
        self._status: Status | None = None
        self._reels: dict[str, list[bytes]] = {}
        self._shown_at_s: dict[str, float] = {}
        self._client = LocalClient(site.folder / "terminal" / "kiosk.sock", "director", self._hear)
        self._client.start()

    def load(self, reels: list[list[bytes]]) -> None:
        """Take the film of the camera, one reel for each of the site's camera texts."""
        self._reels = dict(zip(self._site.camera_texts(), reels, strict=True))

    def wait_until_ready(self, within_s: float) -> None:
        """Wait until every device is ready and the link is up; raises DeviceError when that takes long."""

        def ready() -> bool:
            status = self._status
            return (
                status is not None
                and status.link.connected
                and all(device.state == "ready" for device in status.devices)
            )

        self._wait(ready, within_s, "The terminal was not ready in time.")

    def play(self, step: Step, *, during: Callable[[], None] | None = None) -> None:
        """Play one step to its end; `during` happens while the person waits for the answer.

        Raises DeviceError when the terminal never answers, or answers otherwise than the script says.
        """
        self._site.clock.move_to(self._site.day.ms(step.at))
        match step.how:
            case How.CUT_LINK:
                self._relay.cut()
                self._tell(f"{step.at}  -- the link to the broker is cut --")
            case How.MEND_LINK:
                kept = self.link().unsent
                self._relay.mend()
                self._tell(f"{step.at}  -- the link is mended; {kept} events were kept safe meanwhile --")
                self.wait_until_sent(30)
            case _:
                self._present_until_answered(step, during)

    def link(self) -> LinkReport:
        """The link as the terminal last told it."""
        with self._heard:
            return self._status.link if self._status else LinkReport(connected=False, unsent=0)

    def wait_until_sent(self, within_s: float) -> None:
        """Wait until the centre has acknowledged every event."""
        # The status that counts is one that the engine sent after the last event of the day.
        with self._heard:
            self._status = None

        def sent() -> bool:
            status = self._status
            return status is not None and status.link.connected and status.link.unsent == 0

        self._wait(sent, within_s, "The backlog was not acknowledged in time.")

    def close(self) -> None:
        """Stop listening to the terminal."""
        self._client.close()

    def _present_until_answered(self, step: Step, during: Callable[[], None] | None) -> None:
        """People who see no answer try again; so does this."""
        now_ms = self._site.clock.wall_ms()
        for attempt in range(_TRIES):
            self._present(step, during if attempt == 0 else None)
            answer = self._answer(now_ms)
            if answer is None:
                self._tell(f"{step.at}  no answer (the terminal restarts?), so it is presented again")
                continue
            self._judge(step, answer, again=attempt > 0)
            return
        raise DeviceError(f"The terminal never answered at {step.at}.", remedy="See logs/engine.log.")

    def _present(self, step: Step, during: Callable[[], None] | None) -> None:
        text = self._site.text(step)
        match step.how:
            case How.CAMERA:
                pause_s = self._shown_at_s.get(text, 0.0) + _SAME_BADGE_AGAIN_S - time.monotonic()
                if pause_s > 0:
                    time.sleep(pause_s)
                self._camera.play(self._reels[text])
            case How.SCANNER:
                self._scanner.scan(text)
            case How.KEYPAD:
                os.write(self._keypad, text.encode() + b"\r")
            case How.LINE:
                self._scanner.send(GARBAGE)
        if during:
            during()
        if step.how is How.CAMERA:
            self._camera.wait_until_played(_ANSWER_WITHIN_S)
            time.sleep(_CAMERA_QUIET_S)
            self._shown_at_s[text] = time.monotonic()

    def _answer(self, at_ms: int) -> Decided | None:
        """The first answer to what was presented at this moment of the day."""
        with self._heard:
            self._heard.wait_for(lambda: self._first(at_ms) is not None, _ANSWER_WITHIN_S)
            return self._first(at_ms)

    def _first(self, at_ms: int) -> Decided | None:
        return next((decided for decided in self._decided if decided.at_ms == at_ms), None)

    def _judge(self, step: Step, answer: Decided, *, again: bool) -> None:
        recorded_before = again and answer.reason == "debounce"
        if not recorded_before and (answer.outcome, answer.reason) != (step.outcome, step.reason):
            raise DeviceError(
                f"At {step.at} the terminal said {answer.outcome} {answer.reason}, not {step.outcome}.",
                remedy="See logs/engine.log.",
            )
        name = answer.name or "somebody"
        said = answer.outcome.replace("_", " ") + (f" ({answer.reason})" if answer.reason else "")
        link = self.link()
        backlog = f"   [offline, {link.unsent} kept safe]" if not link.connected else ""
        self._tell(f"{step.at}  {step.how:8} {name}: {said}{backlog}")

    def _hear(self, heard: Heard) -> None:
        with self._heard:
            match heard:
                case Snapshot():
                    self._status = heard.status
                    known = {(decided.at_ms, decided.seq) for decided in self._decided}
                    self._decided += [one for one in heard.recent if (one.at_ms, one.seq) not in known]
                case Decided():
                    self._decided.append(heard)
                case Status():
                    self._status = heard
                case EngineGone():
                    self._status = None
            self._heard.notify_all()

    def _wait(self, condition: Callable[[], bool], within_s: float, otherwise: str) -> None:
        with self._heard:
            if not self._heard.wait_for(condition, within_s):
                raise DeviceError(otherwise, remedy=f"See the logs in {self._site.folder / 'logs'}.")
