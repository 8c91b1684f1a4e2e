"""The engine's process: what the settings name, wired together and run until it is told to stop."""

import gc
import threading
import time

import msgspec
import structlog

from drivers.reading import Instant, Presented, Reading
from foundation.clock import open_clock
from foundation.refusal import Refusal
from foundation.service_manager import ServiceManager
from foundation.trouble import Trouble
from foundation.words import Words
from kiosk.checkin.device_trial import DeviceTrials
from kiosk.checkin.engine import Engine
from kiosk.checkin.overrides import OverridesFile
from kiosk.checkin.slow_answers import SlowAnswers
from kiosk.checkin.telling import Telling
from kiosk.clock.trust import AnchoredClock, clock_trust
from kiosk.credentials.short_code import short_code
from kiosk.devices import DriverBuilder, LibraryTwins, ReadingSinks
from kiosk.health.device_rates import DeviceWatch
from kiosk.health.metrics import write_metrics
from kiosk.health.vitals import look_at_machine
from kiosk.local_api.messages import (
    UPLINK,
    VERSION,
    ClientHello,
    Decided,
    FromCentre,
    FromEngine,
    LinkReport,
    Outcome,
    ScreenSize,
    Seen,
    Showed,
    Snapshot,
    Status,
    ToEngine,
    Typed,
)
from kiosk.local_api.server import Client, LocalServer
from kiosk.provisioning.apply import ActiveSettings
from kiosk.provisioning.centre_data import CentreData, KeptRoster
from kiosk.provisioning.delivered_keys import DeliveredKeys
from kiosk.provisioning.receive import Change, DownlinkReceiver, OrderNotKnown, TaskGiven
from kiosk.settings import KioskFiles
from kiosk.setup.from_engine import upkeep_of
from kiosk.staff.centre_orders import CentreOrders
from kiosk.staff.notices import Notices
from kiosk.staff.person_notes import PersonNotes
from kiosk.staff.requests import RequestHandler
from kiosk.staff.sessions import StaffSessions
from kiosk.storage.clock_keeper import ClockKeeper
from kiosk.storage.encrypted_files import AtRest
from kiosk.storage.log_keeper import LogKeeper
from kiosk.troubles import TerminalTrouble
from kiosk.unenrolled import display_of
from sync.contract.downlink import SitePresenceUpdate
from sync.contract.orders import ScreenMessages
from sync.contract.wire import Ack, Realm
from sync.line.uplink import SOFTWARE

_STATUS_EVERY_S = 1.0
_METRICS_EVERY_S = 15.0
_NO_UPLINK = [Trouble.of(TerminalTrouble.UPLINK_NOT_RUNNING)]

_logger = structlog.get_logger()


class Terminal:
    """One running terminal: log, engine, drivers and local socket."""

    def __init__(self, files: KioskFiles, twins: LibraryTwins | None = None) -> None:
        """Open everything; raises SettingsError or LogError naming what can't be."""
        settings = files.settings
        self._files = files
        self._clock = AnchoredClock(open_clock(files.shared_clock))
        # Read before the log is opened: each opening is an epoch, and a missing key restarts us for ever.
        at_rest = AtRest(files.state_folder, files.device_secret_file)
        centre_data = CentreData(files, at_rest)
        self._active = ActiveSettings(files, centre_data)
        self._clock.drift_ppm = self._active.roster.policy.clock_drift_ppm
        wiped = self._active.revoked
        delivered = DeliveredKeys(files, at_rest)
        self._pseudonym_key = b"" if wiped else delivered.pseudonym_key()
        tag_keys = None if wiped else delivered.tag_keys()
        self._keeper = LogKeeper(
            files.log_file,
            settings.terminal,
            self._clock,
            SOFTWARE,
            keep_days=settings.keep_days,
            ballast_bytes=settings.ballast_mib * 1024 * 1024,
        )
        self._log = self._keeper.log
        self._clock_keeper = ClockKeeper(self._clock, self._keeper)
        self._telling = Telling(files)
        self._engine = Engine(
            log=self._log,
            roster=self._active.roster,
            pseudonym_key=self._pseudonym_key,
            policy=self._active.policy,
            clock=self._clock,
            announce=self._announce,
            light=self._telling.show,
            tag_keys=tag_keys,
            at_rest=at_rest,
        )
        self._trials = DeviceTrials(self._engine.deliver, self._engine.unreadable)
        overrides = OverridesFile(at_rest)
        self._engine.obey(overrides.read())
        upkeep = upkeep_of(
            files,
            self._clock,
            self._trials,
            snapshot=self._snapshot,
            known=lambda: (self._active.roster, self._pseudonym_key),
            tell_tried=self._tell_tried,
        )
        self._requests = RequestHandler(
            self._engine,
            self._keeper,
            self._clock,
            question_shown_s=self._active.settings.question_shown_s,
            staff=StaffSessions(self._clock, self._active.settings.staff_idle_min),
            overrides=overrides,
            notes=PersonNotes(at_rest, self._clock),
            restart=self._restart_device,
            upkeep=upkeep.take,
            publish=self._publish,
        )
        self._orders = CentreOrders(
            self._engine, self._keeper, overrides=overrides, at_rest=at_rest, restart=self._restart_device
        )
        self._notices = Notices(self._keeper, self._clock)
        self._active.begin(self._engine, self._keeper)
        self._receiver = DownlinkReceiver(
            centre_data,
            roster_version=self._active.roster_version,
            settings_version=self._active.settings_version,
            acknowledged=self._acknowledged,
        )
        self._slow = SlowAnswers(self._trials.deliver, self._tell_seen)
        sinks = ReadingSinks(self._slow.deliver, self._trials.unreadable, self._engine.take_text)
        words = Words(self._active.language)
        self._drivers = DriverBuilder(settings, sinks, self._now, words, twins).build_all()
        self._device_watch = DeviceWatch(self._drivers)
        self._link = LinkReport(connected=False, unsent=0, troubles=_NO_UPLINK)
        self._status_due_s = self._metrics_due_s = 0.0
        self._manager = ServiceManager()
        self._shown = self._activity_shown(), self._notices.now()
        self._look_up = self._engine.look_up.state
        self._screen: ScreenSize | None = None
        self._server = LocalServer(files.socket, self._snapshot, self._take, self._left)

    def run(self, stop: threading.Event) -> None:
        """Read, decide and answer until `stop` is set; then close every device and the log."""
        for driver in self._drivers:
            driver.start()
        threading.Thread(target=self._slow.run, args=(stop,), daemon=True).start()
        # What was built up to here lives as long as the engine: collecting garbage need not go through it.
        gc.freeze()
        _logger.info("engine_ready", terminal=self._files.settings.terminal, devices=len(self._drivers))
        self._manager.ready()
        self._keeper.begin()
        try:
            self._engine.run(stop, self._beat)
        finally:
            self._manager.stopping()
            for driver in self._drivers:
                driver.stop()
            self._telling.stop()
            self._server.close()
            self._keeper.close()

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
                self._receiver.take(message)
            case Showed():
                self._notices.shown(message.notice)
            case ScreenSize():
                self._screen = message
            case ClientHello():
                pass  # answered by the server itself
            case _:
                self._requests.take(message, client)

    def _restart_device(self, name: str) -> bool:
        driver = next((one for one in self._drivers if one.name == name), None)
        if driver is None:
            return False
        _logger.info("device_restarted", device=name)
        driver.stop()
        driver.start()
        return True

    def _publish(self, message: FromEngine) -> None:
        self._server.publish(message)

    def _left(self, client: str) -> None:
        if client == UPLINK:
            self._link = msgspec.structs.replace(self._link, connected=False, troubles=_NO_UPLINK)
            self._status_due_s = 0.0

    def _tell_tried(self, device: str) -> None:
        told = Decided(self._clock.wall_ms(), device, "", Outcome.NOT_RECORDED, reason=Refusal.DEVICE_TRIED)
        self._telling.show(told.outcome)
        self._server.publish(told)
        self._tell_others(told)

    def _tell_seen(self, reading: Reading) -> None:
        self._server.publish(Seen(reading.device, reading.presented))

    def _announce(self, decided: Decided) -> None:
        self._server.publish(decided)
        self._requests.announced(decided)
        self._tell_others(decided)
        self._status_due_s = 0.0  # by the next beat, once the engine has counted who is here

    def _tell_others(self, decided: Decided) -> None:
        index = self._active.roster
        about = index.activity(decided.activity) if decided.activity else None
        title = about.title if about else ""
        self._telling.announced(decided, self._active.language, index.roster.zone, title)

    def _acknowledged(self, ack: Ack, received_mono_ms: int) -> None:
        self._clock_keeper.learn(ack, received_mono_ms)
        self._keeper.acknowledged(ack)

    def _beat(self) -> None:
        self._keeper.look()
        self._clock_keeper.look()
        self._keeper.purge_a_little()
        self._renew()
        self._requests.beat()
        self._orders.beat()
        self._notices.beat()
        self._trials.beat(self._clock.mono_ms())
        if self._look_up is not self._engine.look_up.state:  # who stands there must hear at once
            self._look_up, self._status_due_s = self._engine.look_up.state, 0.0
        if time.monotonic() >= self._status_due_s:
            self._status_due_s = time.monotonic() + _STATUS_EVERY_S
            self._device_watch.look(self._clock.mono_ms())
            status = self._status()
            self._server.publish(status)
            self._manager.alive(f"{len(status.here)} here, {status.link.unsent} events to send")
            self._write_metrics(status)

    def _write_metrics(self, status: Status) -> None:
        name = self._files.settings.metrics_file
        if name and time.monotonic() >= self._metrics_due_s:
            self._metrics_due_s = time.monotonic() + _METRICS_EVERY_S
            write_metrics(status, self._files.path(name))

    def _renew(self) -> None:
        """Let what the centre has sent take effect, and tell the screens when they must draw anew."""
        arrived = self._receiver.arrived()
        for change in arrived:
            self._take_up(change)
        self._clock.drift_ppm = self._active.roster.policy.clock_drift_ppm
        settings = self._active.settings
        self._requests.adopt(settings.question_shown_s, settings.staff_idle_min)
        if self._active.revoked and self._pseudonym_key:
            self._pseudonym_key = b""
            self._requests.forget()
            self._notices.forget()
        shown = self._activity_shown(), self._notices.now()
        # Who was seen elsewhere changes every few seconds, and nothing that a screen draws.
        redraw = any(not isinstance(change, SitePresenceUpdate) for change in arrived)
        if redraw or shown != self._shown:
            self._shown = shown
            self._status_due_s = 0.0
            self._server.publish(self._snapshot())

    def _take_up(self, change: Change) -> None:
        """Let one thing that the centre has sent take effect; a revoked terminal only forgets."""
        match change:
            case TaskGiven() | OrderNotKnown() | ScreenMessages() if self._active.revoked:
                return
            case TaskGiven():
                self._orders.take(change.id, change.todo)
            case OrderNotKnown():
                self._orders.take(change.id, None)
            case ScreenMessages():
                self._notices.adopt(change)
            case _:
                self._active.apply(change, self._engine, self._keeper)
        if isinstance(change, KeptRoster):
            self._orders.roster_came(change.version)

    def _activity_shown(self) -> tuple[str, int]:
        """The title of what people check in for now, or of what comes next, and how many activities go on.

        The title is "" where it depends on the person.
        """
        roster = self._active.roster
        now = roster.activity_now(self._clock.wall_ms(), self._engine.overrides.activity)
        if now.choice:
            return "", len(now.choice)
        if now.activity:
            return now.activity.title, 1
        return "".join(one.title for one in roster.roster.activities[:1]), 0

    def _status(self) -> Status:
        trust = clock_trust(self._clock)
        machine = look_at_machine(self._log.path.parent)
        return Status(
            wall_ms=self._clock.wall_ms(),
            clock_state=trust.state,
            clock_error_ms=trust.error_ms,
            clock_since_ms=trust.since_sync_ms,
            temperature_mc=machine.temperature_mc,
            undervoltage=machine.undervoltage,
            throttled_bits=machine.throttled_bits,
            elsewhere=self._engine.elsewhere,
            steps_missed=self._engine.steps_missed,
            link=self._link,
            devices=self._device_watch.devices(self._engine.misread),
            here=list(self._engine.here),
            on_break=list(self._engine.on_break),
            in_groups=sum(one.count for one in self._engine.presence.groups_here(self._clock.wall_ms())),
            head_seq=self._log.seq,
            out_of_order=self._engine.overrides.out_of_order,
            direction=self._engine.overrides.direction or "",
            disk_free_bytes=machine.disk_free_bytes,
            short_code=self._short_code(),
            log_troubles=self._keeper.troubles,
            codes=self._engine.living_codes(),
            certificate_warning=self._certificate_ends_soon(),
            greetings_asked=self._orders.greetings_asked,
            screen=self._screen,
            bell=self._telling.rings,
            look_up=self._engine.look_up.state,
        )

    def _certificate_ends_soon(self) -> bool:
        days = self._link.certificate_days
        return days is not None and days <= self._files.settings.certificate_warning_days

    def _short_code(self) -> str:
        """What a text message must carry right now; empty without a modem."""
        settings = self._files.settings
        if not settings.has_device_for(Presented.SMS) or not self._pseudonym_key:
            return ""
        return short_code(self._pseudonym_key, settings.terminal, self._clock.wall_ms())

    def _snapshot(self) -> Snapshot:
        settings, roster = self._active.settings, self._active.roster.roster
        title, executing = self._shown[0]
        return Snapshot(
            version=VERSION,
            terminal=settings.terminal,
            site=roster.site,
            activity=title,
            zone=roster.zone,
            language=self._active.language,
            demo=settings.realm is Realm.DEMO,
            roster_version=roster.version,
            settings_version=self._active.settings_version,
            revoked=self._active.revoked,
            believes=self._active.believes,
            expected=sum(not person.expected_at for person in roster.people),
            recent=list(self._engine.recent),
            contact=settings.contact,
            sms_number=settings.sms_number,
            notices=self._notices.now(),
            activities={one.id: one.title for one in roster.activities if one.title},
            executing=executing,
            direction=settings.direction,
            checks_badges=bool(roster.issuers),
            display=display_of(settings),
            result_shown_s=settings.result_shown_s,
            status=self._status(),
        )
