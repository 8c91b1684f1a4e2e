"""A terminal that belongs to no centre yet: its devices and screens work, and nobody is checked in.

It opens no log, because a log is one terminal's for good and this one has no name. A token that somebody
holds to a device is handed to the service that enrols; how far that is, the screens are told.
"""

import threading
import time
from pathlib import Path

import structlog

from drivers.reading import Instant, Presented, Reading
from foundation.clock import open_clock
from foundation.refusal import Refusal
from foundation.service_manager import ServiceManager
from foundation.trouble import Trouble
from foundation.words import Words
from kiosk.checkin.telling import Telling
from kiosk.clock.trust import AnchoredClock, clock_trust
from kiosk.devices import DriverBuilder, LibraryTwins, ReadingSinks
from kiosk.health.device_rates import DeviceWatch
from kiosk.health.vitals import look_at_machine
from kiosk.local_api.codes import DenialCode
from kiosk.local_api.messages import (
    VERSION,
    ClientHello,
    Decided,
    Display,
    Enrolment,
    EnrolmentStage,
    FromCentre,
    LinkReport,
    Outcome,
    ScreenSize,
    Showed,
    Snapshot,
    Status,
    ToEngine,
    Typed,
)
from kiosk.local_api.replies import Result
from kiosk.local_api.server import Client, LocalServer
from kiosk.provisioning import token_handover
from kiosk.provisioning.enrolment_progress import ProgressFile
from kiosk.settings import KioskFiles, KioskSettings, is_missing
from kiosk.troubles import TerminalTrouble
from sync.contract.enrolment import EnrolmentError
from sync.contract.enrolment_token import looks_like_token, read_token
from sync.contract.wire import Realm

_LOOK_EVERY_S = 0.25
_STATUS_EVERY_S = 1.0
_TAKEN_WITHIN_S = 20.0
"""By then the service has taken a token that lies ready, however slow the machine."""

_logger = structlog.get_logger()


def lack_of(files: KioskFiles) -> Trouble | None:
    """What this terminal lacks to admit anybody, as its engine sees it; None for one that is enrolled."""
    lack = files.lacks_enrolment()
    key = files.path(files.settings.pseudonym_key_file)
    # The engine keeps it encrypted once it has taken it over; a revoked terminal has deleted both.
    kept = (files.state_folder / name for name in ("pseudonym.kept", "revoked"))
    if lack is None and is_missing(key) and all(map(is_missing, kept)) and is_missing(files.log_file):
        return Trouble.of(TerminalTrouble.ENROLMENT_INCOMPLETE, path=key)
    return lack


def display_of(settings: KioskSettings) -> Display:
    """What screens are told of the display that they are on."""
    display = settings.display
    return Display(display.diagonal_mm, display.read_from_mm, display.dims_after_min)


class SettingsWatch:
    """Tells when the settings file is another one than it was."""

    def __init__(self, config: Path) -> None:
        """To be made before the settings are read, so that no change falls between."""
        self._config = config
        self._before = self._mark()

    def has_changed(self) -> bool:
        """Whether it was replaced or written since."""
        return self._mark() != self._before

    def _mark(self) -> tuple[int, int] | None:
        try:
            found = self._config.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns


class UnenrolledTerminal:
    """Devices, screens and nothing more, until the settings say another thing."""

    def __init__(self, files: KioskFiles, lack: Trouble, twins: LibraryTwins | None = None) -> None:
        """Open devices and socket; raises SettingsError. `lack` is what staff are told."""
        self._files = files
        self._lack = lack
        self._clock = AnchoredClock(open_clock(files.shared_clock))
        sinks = ReadingSinks(self._deliver, self._unreadable, lambda _: None)
        words = Words(files.settings.language)
        self._drivers = DriverBuilder(files.settings, sinks, self._now, words, twins).build_all()
        self._device_watch = DeviceWatch(self._drivers)
        self._telling = Telling(files)
        self._progress_file = ProgressFile(files.path(files.settings.enrolment.progress_file))
        said = self._progress_file.news()
        is_over = said is None or said.stage == EnrolmentStage.DONE  # of an enrolment that was undone since
        self._enrolment = Enrolment(EnrolmentStage.NEEDED) if is_over else said
        self._screen: ScreenSize | None = None
        self._read_at_s: float | None = None
        self._lock = threading.Lock()
        self._manager = ServiceManager()
        self._server = LocalServer(files.socket, self._snapshot, self._take, lambda _: None)

    def run(self, stop: threading.Event, settings: SettingsWatch) -> None:
        """Wait until `stop` is set, or the settings or what they name have changed: then read them again."""
        for driver in self._drivers:
            driver.start()
        _logger.warning("not_enrolled", lacks=self._lack)
        self._manager.ready()
        status_due_s = 0.0
        try:
            while not (stop.is_set() or settings.has_changed() or lack_of(self._files) != self._lack):
                self._look()
                if time.monotonic() >= status_due_s:
                    status_due_s = time.monotonic() + _STATUS_EVERY_S
                    self._device_watch.look(self._clock.mono_ms())
                    self._server.publish(self._status())
                self._manager.alive("not enrolled")
                stop.wait(_LOOK_EVERY_S)
        finally:
            for driver in self._drivers:
                driver.stop()
            self._telling.stop()
            self._server.close()

    def _now(self) -> Instant:
        return Instant(self._clock.mono_ms(), self._clock.wall_ms())

    def _deliver(self, reading: Reading) -> bool:
        """Take a token; whatever else somebody presents is refused, and goes nowhere."""
        if reading.again:
            return True
        if reading.presented is Presented.CODE and looks_like_token(reading.payload.reveal()):
            self._telling.show(Outcome.CODE_SENT if self._hand_over(reading) else Outcome.REFUSED)
        else:
            self._refuse(reading.device, reading.presented)
        return True

    def _hand_over(self, reading: Reading) -> bool:
        try:
            read_token(reading.payload.reveal())
            token_handover.hand_over(self._files, reading.payload)
        except EnrolmentError as error:
            _logger.warning("token_refused", device=reading.device, error=error.trouble)
            self._become(Enrolment(EnrolmentStage.FAILED, trouble=error.trouble))
            return False
        _logger.info("token_handed_over", device=reading.device)
        self._become(Enrolment(EnrolmentStage.READ))
        return True

    def _refuse(self, device: str, method: str) -> None:
        self._tell(
            Decided(self._clock.wall_ms(), device, method, Outcome.REFUSED, reason=Refusal.NOT_ENROLLED)
        )

    def _unreadable(self, device: str) -> None:
        self._tell(Decided(self._clock.wall_ms(), device, "", Outcome.UNREADABLE, reason=Refusal.UNREADABLE))

    def _tell(self, decided: Decided) -> None:
        self._telling.show(decided.outcome)
        self._server.publish(decided)
        settings = self._files.settings
        self._telling.announced(decided, settings.language, settings.zone)

    def _take(self, message: ToEngine, client: Client) -> None:
        match message:
            case Typed():
                self._refuse("screen", Presented.KEYPAD)
            case ScreenSize():
                self._screen = message
            case ClientHello() | LinkReport() | FromCentre() | Showed():
                pass  # the first is answered by the server, and of a line there is nothing to say yet
            case _:
                client.tell(Result(message.request, ok=False, code=DenialCode.NOT_ENROLLED))

    def _look(self) -> None:
        """Pass on how far the service is, or that it does not take what lies ready."""
        if news := self._progress_file.news():
            self._become(news)
        elif self._read_at_s is not None and time.monotonic() - self._read_at_s > _TAKEN_WITHIN_S:
            if token_handover.stamp_of(self._files) is not None:
                not_taken = Trouble.of(
                    TerminalTrouble.TOKEN_NOT_TAKEN, file=token_handover.token_file(self._files)
                )
                _logger.error("token_not_taken", error=not_taken)
                self._become(Enrolment(EnrolmentStage.FAILED, trouble=not_taken))
            self._read_at_s = None

    def _become(self, enrolment: Enrolment) -> None:
        with self._lock:
            self._read_at_s = time.monotonic() if enrolment.stage == EnrolmentStage.READ else None
            if enrolment == self._enrolment:
                return
            self._enrolment = enrolment
            self._server.publish(self._snapshot())

    def _status(self) -> Status:
        trust = clock_trust(self._clock)
        machine = look_at_machine(next(folder for folder in self._state_folders() if folder.is_dir()))
        return Status(
            wall_ms=self._clock.wall_ms(),
            clock_state=trust.state,
            clock_error_ms=trust.error_ms,
            clock_since_ms=trust.since_sync_ms,
            temperature_mc=machine.temperature_mc,
            undervoltage=machine.undervoltage,
            throttled_bits=machine.throttled_bits,
            link=LinkReport(connected=False, unsent=0, troubles=[self._lack]),
            devices=self._device_watch.devices({}),
            here=[],
            head_seq=0,
            disk_free_bytes=machine.disk_free_bytes,
            screen=self._screen,
            bell=self._telling.rings,
        )

    def _state_folders(self) -> tuple[Path, ...]:
        """The state folder, which may have to be made yet, and those above it."""
        return (self._files.state_folder, *self._files.state_folder.parents)

    def _snapshot(self) -> Snapshot:
        settings = self._files.settings
        return Snapshot(
            version=VERSION,
            terminal="",  # the name in the settings is that of the shipped file
            site="",
            activity="",
            zone=settings.zone,
            language=settings.language,
            demo=settings.realm is Realm.DEMO,
            roster_version=0,
            expected=0,
            recent=[],
            status=self._status(),
            contact=settings.contact,
            result_shown_s=settings.result_shown_s,
            enrolment=self._enrolment,
            display=display_of(settings),
        )
