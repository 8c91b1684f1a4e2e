"""What staff do about the machine at the monitor: with an engine that only talks, once with a real one."""

from functools import partial

import pytest

from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Words
from kiosk.local_api.replies import Checked, Checkup, DeviceTried, LogExported, Result, Stick, Sticks
from kiosk.local_api.requests import Examine, ExportLog, ListSticks, TryDevice
from kiosk.screens.monitor import machine
from kiosk.screens.monitor.interfaces import Interface, address_of, look_at_interfaces
from kiosk.screens.monitor.page import Monitor
from tests.kiosk.samples import PINS, token

CHECKS = [
    Checked("broker", "good", Trouble.term("checked", "broker_connected", broker="centre:8883")),
    Checked("disk", "good", Trouble.term("checked", "disk_good", free="11444")),
    Checked("clock", "look", None, [Trouble.of("clock_not_steered", now="2026-11-17 16:00")]),
    Checked("log", "broken", None, [Trouble.of("log_not_there", path="/var/lib/muster/log.db")]),
    Checked("tea", "good"),
]


async def test_staff_see_what_a_device_reads_as_often_as_they_like(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 40), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("y")
        await sees(pilot, "Try a device", "camera")
        await pilot.press("enter")
        request = await asked(pilot, TryDevice)
        await sees(pilot, f"Present something to {request.device}")
        engine.say(DeviceTried(request.request, request.device, "code, 64 characters: 90…7c"))
        await sees(pilot, f"{request.device} read: code, 64 characters", "again")
        await pilot.press("enter")
        again = await asked(pilot, TryDevice)
        engine.say(DeviceTried(again.request, again.device, ""))
        await sees(pilot, "could not be read")
        await pilot.press("enter")
        last = await asked(pilot, TryDevice)
        engine.say(Result(last.request, ok=False, code="nothing_read"))
        await sees(pilot, "Nothing was presented")


async def test_whoever_does_not_want_to_wait_goes_on(engine, monitor, sees, eventually, log_in, asked):
    async with monitor.run_test(size=(100, 40), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("y")
        await sees(pilot, "Try a device")
        await pilot.press("enter")
        request = await asked(pilot, TryDevice)
        await sees(pilot, "Present something")
        await pilot.press("escape")
        await eventually(pilot, lambda: len(monitor.screen_stack) == 1)
        engine.say(DeviceTried(request.request, request.device, "too late"))
        await pilot.press("y")
        await sees(pilot, "Try a device")


async def test_the_doctors_page_is_read_at_the_monitor(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 40)) as pilot:
        await log_in(pilot)
        await pilot.press("h")
        request = await asked(pilot, Examine)
        await sees(pilot, "The terminal is being looked at")
        engine.say(Checkup(request.request, CHECKS))
        await sees(pilot, "✔ disk: 11444 MiB free", "✖ log: see 1", "! clock: see 2", "1. ", "✔ tea")


async def test_the_network_page_shows_line_certificate_and_this_machine(
    engine, monitor, sees, shown, log_in, asked, monkeypatch
):
    seen = [Interface("eth0", is_up=True, address="192.0.2.7"), Interface("wlan0", is_up=False, address="")]
    monkeypatch.setattr(machine, "look_at_interfaces", lambda: seen)
    async with monitor.run_test(size=(100, 50)) as pilot:
        await log_in(pilot)
        await pilot.press("n")
        engine.say(Checkup((await asked(pilot, Examine)).request, CHECKS))
        await sees(
            pilot, "This terminal’s line", "✔ broker", "eth0: connected, 192.0.2.7", "wlan0: not connected"
        )
        assert "11444 MiB" not in shown(monitor)


async def test_the_log_is_carried_away_on_a_stick(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 40)) as pilot:
        await log_in(pilot)
        await pilot.press("u")
        sticks = [Stick("/media/red", 15_000_000_000), Stick("/media/blue", 1)]
        engine.say(Sticks((await asked(pilot, ListSticks)).request, sticks))
        await sees(pilot, "/media/red, 15.0 GB free", "/media/blue")
        await pilot.press("down", "enter")
        request = await asked(pilot, ExportLog)
        assert request.folder == "/media/blue"
        await sees(pilot, "Leave the stick")
        engine.say(LogExported(request.request, "/media/blue/gate-1.muster", 3))
        await sees(pilot, "/media/blue/gate-1.muster, 3 batches")


async def test_a_stick_that_fails_and_none_at_all_are_told(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 40)) as pilot:
        await log_in(pilot)
        await pilot.press("u")
        engine.say(Sticks((await asked(pilot, ListSticks)).request, []))
        await sees(pilot, "No stick is mounted", "systemd-mount")
        await pilot.press("escape", "u")
        engine.say(Sticks((await asked(pilot, ListSticks)).request, [Stick("/media/red", 1)]))
        await sees(pilot, "/media/red")
        await pilot.press("enter")
        number = (await asked(pilot, ExportLog)).request
        engine.say(
            LogExported(number, "/media/red/x", trouble=Trouble.of("export_changed", path="/media/red/x"))
        )
        await sees(pilot, "is not what was written", "Take another")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 66])
def test_the_pages_fit_into_their_boxes_in_every_language(snapshot, language, width):
    told, words = Checkup(1, CHECKS), Words(language)
    seen = [Interface("eth0", is_up=True, address="192.0.2.7")]
    for drawn in (
        partial(machine._checkup, told, words),
        partial(machine._network, snapshot, told, seen, words),
    ):
        assert max(line.cell_length for line in drawn(width)) <= width


def test_this_machines_network_devices_are_seen_without_asking_anybody(tmp_path):
    for name, carrier in (("lo", "1"), ("eth0", "1"), ("wlan0", "0"), ("usb0", None)):
        (tmp_path / name).mkdir()
        if carrier:
            (tmp_path / name / "carrier").write_text(carrier + "\n")
    seen = look_at_interfaces(tmp_path)
    assert [(one.name, one.is_up) for one in seen] == [("eth0", True), ("usb0", False), ("wlan0", False)]
    assert (address_of("lo"), address_of("none0")) == ("127.0.0.1", "")


@pytest.mark.long
async def test_a_real_engine_is_tried_and_examined_from_the_monitor(real_terminal, sees):
    app = Monitor(real_terminal.folder / "kiosk.sock")
    async with app.run_test(size=(100, 50), notifications=True) as pilot:
        await sees(pilot, "Nobody is checked in.")
        await pilot.press("s")
        await sees(pilot, "Your reference")
        await pilot.press(*"liaison-7", "enter", *PINS["liaison-7"], "enter")
        await sees(pilot, "· Zhao")
        await pilot.press("y")
        await sees(pilot, "Try a device")
        await pilot.press("enter")
        await sees(pilot, "Present something to scanner")
        real_terminal.scanner.scan(token(1))
        await sees(pilot, "scanner read: ", "Muster badge of volunteer 1", "again")
        await pilot.press("escape")
        await sees(pilot, "Nobody is checked in.", "being tried")
        await pilot.press("h")
        await sees(pilot, "✔ disk: ", "✔ log: ", "✔ screens: ")
    reader = real_terminal.read_log()
    ends = [end.seq for end in reader.verify()]
    reader.close()
    assert ends == [2], "nothing of the trial is in the log"
