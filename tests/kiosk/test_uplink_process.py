"""Engine and uplink as their processes run, a real broker, a small centre."""

import threading

import msgspec
import pytest

from foundation.trouble import Trouble
from kiosk.engine_process import Terminal
from kiosk.local_api.client import EngineGone
from kiosk.local_api.messages import Decided, Device, Here, LinkReport, Outcome, Snapshot, Status
from kiosk.settings import KioskFiles
from kiosk.troubles import TerminalTrouble
from kiosk.uplink_process import Link, health_of
from sync.contract import event_places, events, wire
from sync.contract.events import ClockAnchor
from tests.kiosk.centre_messages import STAMPS, WIPE, chunks_of, command_of, newer, settings_of
from tests.kiosk.samples import HOUR_MS, token
from tests.kiosk.terminal_files import Listener, TerminalFolder, end
from tests.sync.live_broker import LiveBroker
from tests.sync.patience import until
from tests.sync.samples import NINE_MS, TERMINAL
from tests.sync.small_centre import SmallCentre

GONE = Trouble("engine_ended")


@pytest.fixture
def broker(tmp_path):
    broker = LiveBroker(tmp_path, "allow_anonymous true")
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def centre(broker):
    centre = SmallCentre(broker.port)
    yield centre
    centre.stop()


@pytest.fixture
def terminal(tmp_path, broker):
    folder = TerminalFolder(tmp_path, broker_port=broker.port)
    yield folder
    folder.scanner.unplug()


@pytest.fixture
def listener(terminal):
    listener = Listener(terminal.folder / "kiosk.sock")
    yield listener
    listener.close()


@pytest.fixture
def start(terminal):
    running = []

    def begin(process: str):
        running.append(terminal.start(process))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


def all_sent(status) -> bool:
    return status.link.connected and status.link.unsent == 0


def test_a_scan_reaches_the_centre_and_the_screen_is_told(terminal, listener, centre, start):
    start("engine")
    start("uplink")
    listener.status_where(lambda status: all_sent(status) and status.devices[0].state == "ready")
    terminal.scanner.scan(token(1))
    decided = listener.next(Decided)
    assert decided.outcome is Outcome.ACCEPTED_IN
    ((_, stored),) = centre.events.items()
    until(lambda: len(stored) == decided.seq)
    assert events.decode(stored[-1]).credential.ref == "badge:1.1"
    link = listener.status_where(all_sent).link
    assert (link.troubles, link.last_ack_wall_ms) == ([], NINE_MS)


def test_the_retained_state_tells_how_the_terminal_is_doing(terminal, listener, centre, start):
    start("engine")
    start("uplink")
    listener.status_where(all_sent)

    def state():
        while not centre.seen.empty():
            topic, payload = centre.seen.get()
            if topic == wire.topic("state", TERMINAL):
                said = msgspec.json.decode(payload, type=wire.State)
                if said.state is wire.LinkState.ONLINE and said.health:
                    return said.health
        return None

    health = until(state)
    assert (health.clock, health.clock_error_ms, health.here) == ("synced", 0, 0)
    assert sum(health.devices.values()) == 1
    assert health.each_device["scanner"].kind == "scanner"
    assert health.disk_free_bytes > 0


def test_the_state_tells_each_figure_of_the_status_and_no_name():
    status = Status(
        wall_ms=1,
        clock_state="holdover",
        link=LinkReport(
            connected=True, unsent=2, oldest_unsent_wall_ms=3, last_ack_wall_ms=4, troubles=[GONE]
        ),
        devices=[
            Device("door", "camera", "ready", 5, 6, "", 7, 8, 9),
            Device("desk", "scanner", "fault", 10, 11, GONE, None, 12, 13),
        ],
        here=[Here("590000", "李明", 14, "guides")] * 15,
        head_seq=16,
        disk_free_bytes=17,
        short_code="1800",
        log_troubles=[GONE],
        clock_error_ms=19,
        clock_since_ms=20,
        temperature_mc=21,
        undervoltage=True,
        codes=22,
        throttled_bits=23,
    )
    assert health_of(status) == wire.Health(
        clock="holdover",
        devices={"ready": 1, "fault": 1},
        readings=15,
        here=15,
        disk_free_bytes=17,
        clock_error_ms=19,
        temperature_mc=21,
        undervoltage=True,
        oldest_unsent_wall_ms=3,
        last_ack_wall_ms=4,
        log_trouble=True,
        each_device={
            "door": wire.DeviceReport("camera", "ready", 5, 6, 8, 9, 7),
            "desk": wire.DeviceReport("scanner", "fault", 10, 11, 12, 13),
        },
        throttled_bits=23,
    )


def test_the_centre_dates_the_scans_of_a_clock_that_is_a_year_behind(terminal, listener, centre, start):
    """The acknowledgement says what time it is; its anchor travels as evidence with the scan itself."""
    terminal.clock.set_wrong(NINE_MS - 365 * 24 * HOUR_MS)
    start("engine")
    listener.status_where(lambda status: status.devices[0].state == "ready")
    terminal.scanner.scan(token(1))
    listener.next(Decided)
    start("uplink")
    (anchor,) = until(
        lambda: [
            event
            for stored in list(centre.events.values())
            for event in map(events.decode, stored)
            if isinstance(event, ClockAnchor)
        ]
    )
    ((_, stored),) = centre.events.items()
    scan = events.decode(stored[1])
    dated_ms = anchor.true_ms + scan.mono_ms - anchor.mono_ms
    assert abs(dated_ms - NINE_MS) <= anchor.error_ms < 60_000
    assert (scan.clock.state, scan.clock.error_ms) == ("rtc", None)


def test_the_uplink_waits_for_the_engine_to_make_the_log_and_ends_when_it_is_told(listener, start):
    uplink = start("uplink")
    start("engine")
    listener.status_where(lambda status: status.link.connected)
    assert end(uplink) == 0


def test_a_restarted_engine_hears_of_the_line_again(terminal, listener, centre, start):
    engine = start("engine")
    start("uplink")
    listener.status_where(all_sent)
    engine.kill()
    engine.wait()
    start("engine")
    listener.next(Snapshot)
    listener.status_where(all_sent)
    until(lambda: len(centre.events) == 2)


@pytest.mark.parametrize("wants", ["steps_missed", "greetings_asked"])
def test_an_engine_that_missed_a_word_or_is_asked_makes_the_uplink_greet(terminal, monkeypatch, wants):
    engine = Terminal(KioskFiles(terminal.settings))
    link = Link(KioskFiles(terminal.settings), terminal.read_log())
    greeted = []
    monkeypatch.setattr(link._uplink, "greet", lambda: greeted.append(True))
    snapshot = engine._snapshot()
    link._hear(snapshot)
    link._hear(snapshot.status)
    assert greeted == []
    missed = msgspec.structs.replace(snapshot.status, **{wants: 1})
    link._hear(missed)
    link._hear(missed)
    assert greeted == [True]
    engine._server.close()
    engine._log.close()


def test_an_engine_that_was_started_anew_makes_the_uplink_greet(terminal, monkeypatch):
    """It has forgotten who was seen at the site's other terminals: the centre tells it after a greeting."""
    engine = Terminal(KioskFiles(terminal.settings))
    link = Link(KioskFiles(terminal.settings), terminal.read_log())
    greeted = []
    monkeypatch.setattr(link._uplink, "greet", lambda: greeted.append(True))
    link._hear(engine._snapshot())
    link._hear(engine._snapshot())
    assert greeted == []
    link._hear(EngineGone(GONE))
    link._hear(engine._snapshot())
    assert greeted == [True]
    engine._server.close()
    engine._log.close()


def test_an_uplink_that_dies_is_told_and_the_next_one_sends_what_waited(terminal, listener, centre, start):
    start("engine")
    uplink = start("uplink")
    listener.status_where(lambda status: all_sent(status) and status.devices[0].state == "ready")
    uplink.kill()
    uplink.wait()
    told = listener.status_where(lambda status: not status.link.connected)
    assert [one.code for one in told.link.troubles] == [TerminalTrouble.UPLINK_NOT_RUNNING]
    for hour in range(3):
        terminal.clock.move_to(NINE_MS + hour * HOUR_MS)
        terminal.scanner.scan(token(1))
        listener.next(Decided)
    start("uplink")
    listener.status_where(all_sent)
    ((_, stored),) = centre.events.items()
    assert [event_places.header_of(encoded).kind for encoded in stored] == [
        "epoch_start",
        "config_applied",
        "check_in",
        "check_out",
        "check_in",
    ]


def bring_roster(centre, roster) -> None:
    for told in chunks_of(roster):
        centre.say(wire.topic("down", TERMINAL, "roster"), told.message)


def snapshot_where(listener, fits) -> Snapshot:
    return until(lambda: snapshot if fits(snapshot := listener.next(Snapshot)) else None)


def test_a_terminal_without_roster_gets_one_over_the_line_and_says_so(terminal, listener, centre, start):
    (terminal.folder / "roster.json").unlink()
    start("engine")
    start("uplink")
    listener.status_where(lambda status: all_sent(status) and status.devices[0].state == "ready")
    assert centre.last_hello.roster == 0
    bring_roster(centre, newer(activity=STAMPS))
    snapshot = snapshot_where(listener, lambda snapshot: snapshot.roster_version == 5)
    assert (snapshot.activity, snapshot.expected) == ("Stamps", 4)
    until(lambda: centre.last_hello.roster == 5)
    terminal.scanner.scan(token(4))
    assert listener.next(Decided).outcome is Outcome.ACCEPTED_IN


def test_settings_that_wait_at_the_broker_reach_the_engine_whenever_it_comes(
    terminal, listener, centre, start
):
    centre.say(wire.topic("config", TERMINAL), settings_of(3, contact="Li").message, retain=True)
    start("uplink")
    engine = start("engine")
    snapshot = snapshot_where(listener, lambda snapshot: snapshot.settings_version == 3)
    assert snapshot.contact == "Li"
    until(lambda: centre.last_hello and centre.last_hello.config == 3)
    engine.kill()
    engine.wait()
    start("engine")
    assert snapshot_where(listener, lambda snapshot: snapshot.contact == "Li").settings_version == 3


def test_settings_that_come_while_the_engine_is_away_reach_the_next_one(terminal, listener, centre, start):
    engine = start("engine")
    start("uplink")
    listener.status_where(all_sent)
    engine.kill()
    engine.wait()
    centre.say(wire.topic("config", TERMINAL), settings_of(3, contact="Li").message, retain=True)
    start("engine")
    assert snapshot_where(listener, lambda snapshot: snapshot.contact == "Li").settings_version == 3


def test_a_roster_that_comes_while_the_engine_is_away_is_asked_for_again(terminal, listener, centre, start):
    engine = start("engine")
    start("uplink")
    listener.status_where(all_sent)
    engine.kill()
    engine.wait()
    bring_roster(centre, newer())
    before = centre.greetings
    start("engine")
    until(lambda: centre.greetings > before)
    assert centre.last_hello.roster == 4
    bring_roster(centre, newer())
    until(lambda: centre.last_hello.roster == 5)


def test_a_revoked_terminal_says_so_and_keeps_what_was_not_delivered(terminal, listener, centre, start):
    engine = start("engine")
    start("uplink")
    listener.status_where(lambda status: all_sent(status) and status.devices[0].state == "ready")
    centre.say(wire.topic("down", TERMINAL, "command"), command_of(WIPE).message)
    assert snapshot_where(listener, lambda snapshot: snapshot.revoked).roster_version == 0
    # The centre lets the broker refuse it as soon as it has read this.
    until(lambda: centre.last_hello.revoked is True)
    terminal.scanner.scan(token(1))
    assert listener.next(Decided).reason == "terminal_revoked"
    assert end(engine) == 0
    start("engine")
    assert snapshot_where(listener, lambda snapshot: snapshot.revoked).expected == 0
    assert terminal.log_file.exists()


def test_a_missing_key_is_told_in_a_sentence(terminal):
    Terminal(KioskFiles(terminal.settings)).run(stopped())
    (terminal.folder / "terminal.key").unlink()
    refused = terminal.run("uplink")
    assert refused.returncode == 1
    assert "terminal.key can't be read" in refused.stderr
    assert "Traceback" not in refused.stderr


def stopped() -> threading.Event:
    stop = threading.Event()
    stop.set()
    return stop
