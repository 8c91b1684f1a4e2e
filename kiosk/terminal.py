"""The engine's process: what the settings name, wired together and run until it is told to stop."""

import gc
import shutil
import threading
import time
from pathlib import Path

import msgspec
import structlog

from drivers.feedback import Feedback, Signal, open_outputs
from drivers.reading import Driver, Instant
from kiosk.clock_trust import clock_trust
from kiosk.clock_watch import ClockWatch
from kiosk.configuration import KioskFiles
from kiosk.decision import Policy
from kiosk.desk import Desk
from kiosk.devices import LibraryTwins, Takers, build_drivers
from kiosk.engine import Engine
from kiosk.intake import Intake
from kiosk.local_messages import (
    VERSION,
    ClientHello,
    Decided,
    Device,
    FromCentre,
    FromEngine,
    LinkReport,
    Snapshot,
    Status,
    ToEngine,
    Typed,
)
from kiosk.local_server import Client, LocalServer
from kiosk.log_keeper import LogKeeper
from kiosk.questions import AskingPolicy
from kiosk.roster_index import RosterIndex
from kiosk.short_code import short_code
from kiosk.staff_sessions import StaffSessions
from muster.clock import Clock, open_clock
from muster.errors import SettingsError
from muster.signals import stop_when_told
from muster.words import Words
from sync.downlink import Codes
from sync.roster import Roster, open_roster
from sync.signing import VerifyKey
from sync.uplink import SOFTWARE
from sync.wire import Realm

UPLINK = "uplink"
"""How the uplink's process calls itself on the local socket."""

_STATUS_EVERY_S = 1.0
_NO_UPLINK = "The uplink is not running. Check-ins are kept here; see `systemctl status muster-uplink`."

_logger = structlog.get_logger()


class Terminal:
    """One running terminal: log, engine, drivers and local socket."""

    def __init__(self, files: KioskFiles, twins: LibraryTwins | None = None) -> None:
        """Open everything; raises SettingsError or LogError naming what can't be."""
        settings = files.settings
        self._files = files
        self._clock: Clock = open_clock(files.shared_clock)
        self._roster = load_roster(files)
        # Read before the log is opened: each opening is an epoch, and a missing key restarts us for ever.
        self._pseudonym_key, tag_keys = files.pseudonym_key(), files.tag_keys()
        self._keeper = LogKeeper(files.log_file, settings.terminal, self._clock, SOFTWARE)
        self._log = self._keeper.log
        self._engine = Engine(
            log=self._log,
            roster=RosterIndex(self._roster),
            pseudonym_key=self._pseudonym_key,
            policy=Policy(settings.direction, settings.debounce_s, settings.close_after_min),
            clock=self._clock,
            announce=self._announce,
            tag_keys=tag_keys,
        )
        asking = AskingPolicy(settings.question_shown_s, settings.close_after_min)
        self._desk = Desk(
            self._engine,
            self._keeper,
            self._clock,
            asking=asking,
            staff=StaffSessions(self._clock, settings.staff_idle_min),
            publish=self._publish,
        )
        takers = Takers(self._engine.deliver, self._engine.unreadable, self._engine.take_text)
        self._drivers = build_drivers(settings, takers, self._now, Words(self._roster.language), twins)
        self._intake = Intake(settings.terminal, settings.realm, VerifyKey.from_hex(settings.centre_key))
        self._feedback = Feedback(open_outputs(settings.feedback))
        self._link = LinkReport(connected=False, unsent=0, trouble=_NO_UPLINK)
        self._status_due_s = 0.0
        self._clock_watch = ClockWatch()
        self._server = LocalServer(files.socket, self._snapshot, self._take, self._left)

    def run(self, stop: threading.Event) -> None:
        """Read, decide and answer until `stop` is set; then close every device and the log."""
        for driver in self._drivers:
            driver.start()
        # What was built up to here lives as long as the engine: collecting garbage need not go through it.
        gc.freeze()
        _logger.info("engine_ready", terminal=self._files.settings.terminal, devices=len(self._drivers))
        try:
            self._engine.run(stop, self._beat)
        finally:
            for driver in self._drivers:
                driver.stop()
            self._feedback.stop()
            self._server.close()
            self._log.close()

    def _now(self) -> Instant:
        return Instant(self._clock.mono_ms(), self._clock.wall_ms())

    def _take(self, message: ToEngine, client: Client) -> None:
        match message:
            case Typed():
                self._engine.typed(message)
            case LinkReport():
                self._link = message
                self._status_due_s = 0.0
            case FromCentre():
                self._intake.take(message)
            case ClientHello():
                pass  # answered by the server itself
            case _:
                self._desk.take(message, client)

    def _publish(self, message: FromEngine) -> None:
        self._server.publish(message)

    def _left(self, client: str) -> None:
        if client == UPLINK:
            self._link = msgspec.structs.replace(self._link, connected=False, trouble=_NO_UPLINK)
            self._status_due_s = 0.0

    def _announce(self, decided: Decided) -> None:
        self._feedback.show(Signal(decided.outcome))
        self._server.publish(decided)
        self._desk.announced(decided)
        self._status_due_s = 0.0  # by the next beat, once the engine has counted who is here

    def _watch_clock(self) -> None:
        """Keep in the log that the clock was set: scanning goes on, the centre dates the events."""
        jump = self._clock_watch.look(self._clock)
        if jump is None:
            return
        _logger.warning("clock_jump", old=jump.old_offset_ms, new=jump.new_offset_ms)
        self._keeper.alarm("clock_jump", jump.detail)

    def _beat(self) -> None:
        self._keeper.look()
        self._watch_clock()
        self._desk.beat()
        for order in self._intake.orders():
            if isinstance(order, Codes):
                self._engine.learn(order)
                self._status_due_s = 0.0
        if time.monotonic() >= self._status_due_s:
            self._status_due_s = time.monotonic() + _STATUS_EVERY_S
            self._server.publish(self._status())

    def _status(self) -> Status:
        return Status(
            wall_ms=self._clock.wall_ms(),
            clock_state=clock_trust(self._clock).state,
            link=self._link,
            devices=[_device(driver) for driver in self._drivers],
            here=list(self._engine.here),
            head_seq=self._log.seq,
            disk_free_bytes=shutil.disk_usage(self._log.path.parent).free,
            short_code=self._short_code(),
            log_trouble=self._keeper.trouble,
            codes=self._engine.living_codes(),
        )

    def _short_code(self) -> str:
        """What a text message must carry right now; empty without a modem."""
        settings = self._files.settings
        if not settings.modem:
            return ""
        return short_code(self._pseudonym_key, settings.terminal, self._clock.wall_ms())

    def _snapshot(self) -> Snapshot:
        activity = self._roster.activities[0] if self._roster.activities else None
        return Snapshot(
            version=VERSION,
            terminal=self._files.settings.terminal,
            site=self._roster.site,
            activity=activity.title if activity else "",
            zone=self._roster.zone,
            language=self._roster.language,
            demo=self._files.settings.realm is Realm.DEMO,
            roster_version=self._roster.version,
            expected=sum(not person.expected_at for person in self._roster.people),
            recent=list(self._engine.recent),
            contact=self._files.settings.contact,
            sms_number=self._files.settings.sms_number,
            status=self._status(),
        )


def load_roster(files: KioskFiles) -> Roster:
    """The roster, verified; raises SettingsError when it is missing, foreign or of another realm."""
    path = files.path(files.settings.roster_file)
    try:
        sealed = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"The roster {path} can't be read: {error.strerror}.",
            remedy="Fetch it from the centre (`muster centre roster`) and name it as `roster_file`.",
        ) from error
    roster = open_roster(sealed, VerifyKey.from_hex(files.settings.centre_key), files.settings.terminal)
    if roster.realm is not files.settings.realm:
        raise SettingsError(
            f"The roster {path} is for the {roster.realm} realm, this terminal is {files.settings.realm}.",
            remedy="Demo data never mix with real ones: fetch the right roster.",
        )
    return roster


def run_terminal(config: Path, twins: Path | None) -> None:
    """Run the engine of the settings file until SIGTERM or SIGINT.

    With `twins`, keypads and contactless readers are stand-ins that are commanded through that socket.
    """
    stop = stop_when_told()
    files = KioskFiles(config)
    Terminal(files, _open_twins(files, twins) if twins else None).run(stop)


def _open_twins(files: KioskFiles, path: Path) -> LibraryTwins:
    # Only demonstrations have them; a terminal at a site loads no stand-in.
    from drivers.simulated.keyboard import SimulatedKeyboard  # noqa: PLC0415
    from drivers.simulated.twins import Twins  # noqa: PLC0415

    if files.settings.realm is not Realm.DEMO:
        raise SettingsError(
            "Stand-ins were asked for, but this terminal is live.",
            remedy="Leave --twins out, or use the demo.",
        )
    keyboards = {
        one.name: SimulatedKeyboard(Path(one.path), one.usb_id)
        for one in (*files.settings.keypad, *files.settings.wedge)
    }
    return Twins(path, keyboards)


def _device(driver: Driver) -> Device:
    health = driver.health()
    return Device(
        name=health.device,
        kind=health.kind,
        state=health.state,
        readings=health.readings,
        unreadable=health.unreadable,
        fault=health.fault,
        last_reading_wall_ms=health.last_reading_wall_ms,
    )
