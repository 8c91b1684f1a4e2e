"""Plays the day: moves the clock, lets people present themselves, and waits for the terminal's answer."""

import threading
from collections.abc import Callable
from functools import partial

from foundation.errors import DeviceError
from foundation.refusal import Refusal
from kiosk.local_api.client import EngineGone, Heard, LocalClient
from kiosk.local_api.messages import Decided, LinkReport, Outcome, Snapshot, Status
from muster.demo.centre import send_code
from muster.demo.day import DEVICES, How, Shows, Step
from muster.demo.devices import DevicesOfDemo
from muster.demo.relay import Relay
from muster.demo.site import Site
from muster.demo.staff import StaffDesk
from muster.troubles import CommandTrouble
from sync.contract.events import Direction

_ANSWER_WITHIN_S = 5.0
_TRIES = 8
_NOTICED_WITHIN_S = 20.0
_DEVICES_BACK_WITHIN_S = 120.0
_COUNTED_WITHIN_S = 2

Tell = Callable[[str], None]


class Director:
    """Knows where everything is and what should come next; all times of the day stand still meanwhile."""

    def __init__(self, site: Site, hands: DevicesOfDemo, relay: Relay, tell: Tell) -> None:
        self._site = site
        self._hands = hands
        self._relay = relay
        self._tell = tell
        self._heard = threading.Condition()
        self._decided: list[Decided] = []
        self._status: Status | None = None
        self._has_roster = False
        self._kept = 0
        socket_path = site.folder / "terminal" / "kiosk.sock"
        self._client = LocalClient(socket_path, "director", self._hear)
        self._client.start()
        self._staff = StaffDesk(socket_path, site.day.staff) if site.day.staff else None

    def wait_until_ready(self, within_s: float) -> None:
        """Wait until devices, link and roster are there; raises DeviceError when that takes long."""

        def ready() -> bool:
            status = self._status
            return (
                status is not None and status.link.connected and self._has_roster and _serves_with_all(status)
            )

        self._wait(ready, within_s, "The terminal was not ready in time.")
        self._hands.is_back(How.CAMERA)

    def play(self, step: Step, *, during: Callable[[], None] | None = None) -> None:
        """Play one step to its end; `during` happens while the person waits for the answer.

        Raises DeviceError when the terminal never answers, or answers otherwise than the script says.
        """
        self._site.move_to(self._site.day.ms(step.at))
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
        if during:
            self._wait_for_devices()

    def unplug_and_plug_in(self, how: How) -> None:
        """Pull the cable of a device, wait until the terminal says so, and put it back."""
        name = DEVICES[how]
        self._hands.unplug(how)
        self._wait(lambda: self._state_of(name) == "fault", _NOTICED_WITHIN_S, f"Nobody missed the {name}.")
        self._hands.plug_in(how)
        self._wait(lambda: self._state_of(name) == "ready", _NOTICED_WITHIN_S, f"The {name} did not return.")
        self._hands.is_back(how)
        self._tell(f"          -- the {name} was unplugged and plugged in again --")

    def _wait_for_devices(self) -> None:
        """Let nobody come before the drivers that were interrupted serve again, the camera's above all."""
        self._wait(
            lambda: self._status is not None and _serves_with_all(self._status),
            _DEVICES_BACK_WITHIN_S,
            "The devices did not return.",
        )
        self._hands.is_back(How.CAMERA)

    def _state_of(self, name: str) -> str:
        devices = self._status.devices if self._status else []
        return next((device.state for device in devices if device.name == name), "")

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
        if self._staff:
            self._staff.close()

    def _present_until_answered(self, step: Step, during: Callable[[], None] | None) -> None:
        """People who see no answer try again; so does this."""
        now_ms = self._site.terminal_clock.wall_ms()
        code = self._code(step)
        for attempt in range(_TRIES):
            self._present(step, code, during if attempt == 0 else None)
            answer = self._answer(now_ms)
            if answer is None:
                self._tell(f"{step.at}  no answer (the terminal restarts?), so it is presented again")
                continue
            self._judge(step, answer, again=attempt > 0)
            return
        raise DeviceError(
            CommandTrouble.DEMO_FAILED,
            why=f"The terminal never answered at {step.at}.",
            log="logs/engine.log",
        )

    def _code(self, step: Step) -> str:
        """The code that somebody types, once it is in their hand and the terminal would take it."""
        now_ms = self._site.terminal_clock.wall_ms()
        if step.shows == Shows.SENT_CODE:
            code = send_code(self._site, step.who, lambda text: self._tell(f"{step.at}  {text}"))
        elif step.shows == Shows.ANSWERED_CODE:
            phone = self._site.day.person(step.who).phone
            answered = partial(self._hands.answered_code, phone)
            self._wait(lambda: answered() != "", _NOTICED_WITHIN_S, "No text came back.")
            code = answered()
        else:
            return ""
        self._wait(
            lambda: self._status is not None and self._status.wall_ms == now_ms and self._status.codes > 0,
            _NOTICED_WITHIN_S,
            "The code did not reach the terminal in time.",
        )
        return code

    def _present(self, step: Step, code: str, during: Callable[[], None] | None) -> None:
        if step.how is How.STAFF:
            self._write_down(step)
            return
        what = code or self._site.text(step)
        self._hands.begin(step.how, what, self._digits(step) if step.how is How.TEXT else "")
        if during:
            during()
        self._hands.finish(step.how, what)

    def _write_down(self, step: Step) -> None:
        """What staff enter is the time of their own watch, whatever the terminal's clock says."""
        if self._staff is None:
            raise DeviceError(
                CommandTrouble.DEMO_FAILED,
                why="A step needs staff, and the day has none.",
                log="the day's file",
            )
        direction = Direction.IN if step.outcome is Outcome.ACCEPTED_IN else Direction.OUT
        self._staff.enter(step.who, direction, self._site.clock.wall_ms())

    def _digits(self, step: Step) -> str:
        """What somebody texts: what the screen shows, other digits, or none to ask for a code."""
        if step.shows == Shows.ASKS_CODE:
            return ""
        shown = self._short_code()
        return f"{(int(shown) + 5_000) % 10_000:04}" if step.shows == Shows.WRONG_DIGITS else shown

    def _short_code(self) -> str:
        """What the screen shows at this moment of the day, once it shows this moment."""
        now_ms = self._site.terminal_clock.wall_ms()

        def shows_now() -> bool:
            return self._status is not None and self._status.wall_ms == now_ms

        self._wait(shows_now, _NOTICED_WITHIN_S, "The terminal did not notice the time in time.")
        with self._heard:
            return self._status.short_code if self._status else ""

    def _answer(self, at_ms: int) -> Decided | None:
        """The first answer to what was presented at this moment of the day."""
        with self._heard:
            self._heard.wait_for(lambda: self._first(at_ms) is not None, _ANSWER_WITHIN_S)
            return self._first(at_ms)

    def _link_after(self, answer: Decided) -> LinkReport:
        """The link once the uplink has counted what was just recorded; while online that is soon outdated."""
        if answer.seq and not self.link().connected:
            with self._heard:
                self._heard.wait_for(self._another_is_kept, _COUNTED_WITHIN_S)
        link = self.link()
        self._kept = 0 if link.connected else link.unsent
        return link

    def _another_is_kept(self) -> bool:
        return self._status is not None and self._status.link.unsent > self._kept

    def _first(self, at_ms: int) -> Decided | None:
        return next((decided for decided in self._decided if decided.at_ms == at_ms), None)

    def _judge(self, step: Step, answer: Decided, *, again: bool) -> None:
        recorded_before = again and answer.reason == Refusal.DEBOUNCE
        if not recorded_before and (answer.outcome, answer.reason) != (step.outcome, step.reason):
            raise DeviceError(
                CommandTrouble.DEMO_FAILED,
                why=f"At {step.at} the terminal said {answer.outcome} {answer.reason}, not {step.outcome}.",
                log="logs/engine.log",
            )
        name = answer.name or "somebody"
        said = answer.outcome.replace("_", " ") + (f" ({answer.reason})" if answer.reason else "")
        link = self._link_after(answer)
        backlog = f"   [offline, {link.unsent} kept safe]" if not link.connected else ""
        self._tell(f"{step.at}  {step.how:8} {name}: {said}{backlog}")

    def _hear(self, heard: Heard) -> None:
        with self._heard:
            match heard:
                case Snapshot():
                    self._status = heard.status
                    if heard.roster_version and not self._has_roster:
                        self._has_roster = True
                        self._tell(f"The terminal has got its roster, version {heard.roster_version}.")
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
                raise DeviceError(CommandTrouble.DEMO_FAILED, why=otherwise, log=self._site.folder / "logs")


def _serves_with_all(status: Status) -> bool:
    return all(device.state == "ready" for device in status.devices)
