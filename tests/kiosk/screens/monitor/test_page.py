import msgspec
import pytest

from kiosk.local_api.messages import Decided, Outcome
from kiosk.screens.monitor.page import Monitor

SIZES = [(80, 24), (100, 30)]


@pytest.fixture
def monitor(tmp_path):
    return Monitor(tmp_path / "kiosk.sock")


@pytest.mark.parametrize("size", SIZES)
async def test_the_essentials_need_no_scrolling(engine, monitor, sees, size):
    async with monitor.run_test(size=size) as pilot:
        await sees(
            pilot,
            "DEMONSTRATION",
            "east-gate-1 · East Gate · Visitor guides",
            "Here now (8) · 30 expected",
            "赵伟",
            "✖ fault",
            "Plug the device in",
            "= already in",
            "● connected",
            "Unsent 0",
            "Last acknowledged 10:04",
            "Clock synchronised",
            "Disk free 11.8 GB",
            "Roster version 12",
            "q  quit",
        )


@pytest.mark.parametrize(
    ("language", "texts"), [("zh-Hans", ["在场（8）", "待上传 0"]), ("ar", ["(8) ﻥﻭﺮﺿﺎﺤﻟﺍ"])]
)
async def test_it_speaks_the_given_language(engine, tmp_path, sees, language, texts):
    async with Monitor(tmp_path / "kiosk.sock", language).run_test(size=(100, 30)) as pilot:
        await sees(pilot, *texts)


async def test_a_key_changes_the_language_and_comes_round(engine, monitor, sees):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Last readings")
        await pilot.press("l")
        await sees(pilot, "最近读取")
        await pilot.press("l")
        await sees(pilot, "ﺕﺍﺀﺍﺮﻘﻟﺍ ﺮﺧﺁ")
        await pilot.press("l")
        await sees(pilot, "Last readings")


async def test_it_follows_what_happens(engine, monitor, recording, sees):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Here now (8)")
        engine.say(Decided(1_760_407_481_000, "camera", "badge", Outcome.ACCEPTED_OUT, name="Zoë Brontë"))
        await sees(pilot, "Zoë Brontë", "✔ out")
        engine.say(recording[1][-1])
        await sees(pilot, "Unsent 34", "The broker centre:8883 is away.")


async def test_a_lost_engine_is_said_above_what_was_known(engine, monitor, sees):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Here now (8)")
        engine.stop()
        await sees(pilot, "The engine has not answered since 10:04.", "Here now (8)")


async def test_it_says_when_the_engine_is_back(engine, monitor, sees, shown):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "Here now (8)")
        engine.stop()
        await sees(pilot, "has not answered")
        engine.start()
        await sees(pilot, "The engine answers again.")
        assert "has not answered" not in shown(pilot.app)


async def test_without_an_engine_it_says_how_to_start_one(monitor, sees):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Connecting to the terminal's engine", "systemctl start muster-kiosk")


async def test_help_explains_keys_and_symbols_and_goes_away(engine, monitor, sees):
    async with monitor.run_test(size=(100, 40)) as pilot:
        await sees(pilot, "Here now (8)")
        await pilot.press("question_mark")
        await sees(pilot, "q ends this view", "Press Esc to close.")
        await pilot.press("escape")
        await sees(pilot, "Here now (8)")


async def test_it_goes_on_following_under_the_help(engine, monitor, recording, sees):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Here now (8)")
        await pilot.press("question_mark")
        await sees(pilot, "q ends this view")
        engine.say(recording[1][-1])
        await pilot.press("escape")
        await sees(pilot, "Unsent 34")


async def test_more_people_than_fit_can_be_scrolled_to(engine, monitor, snapshot, sees):
    person = snapshot.status.here[0]
    crowd = [
        msgspec.structs.replace(person, name=f"Person {number:03}", since_ms=person.since_ms + number)
        for number in range(60)
    ]
    async with monitor.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "Here now (8)")
        engine.say(msgspec.structs.replace(snapshot.status, here=crowd))
        await sees(pilot, "Here now (60)", "Person 059")
        await pilot.press("tab", "end")
        await sees(pilot, "Person 000")


async def test_a_key_at_the_bottom_can_be_clicked(engine, monitor, sees):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Here now (8)")
        await pilot.click("#keys", offset=(14, 0))
        await sees(pilot, "最近读取")


async def test_q_ends_it(engine, monitor, sees):
    async with monitor.run_test() as pilot:
        await sees(pilot, "Here now (8)")
        await pilot.press("q")
    assert not monitor.is_running
