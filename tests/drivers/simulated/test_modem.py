"""The simulated modem must satisfy gammu, which knows real ones, before our driver is tested against it."""

import shutil
import subprocess

import pytest

from drivers.simulated.modem import SimulatedModem, received_pdus
from tests.sync.patience import PATIENCE_S

LONG = "志愿者编号一二三四五六七八九十" * 7
SENT_MS = 1_795_293_000_000

WHAT_GAMMU_DOES = f"""
identify
networkinfo
getsmsc
getallsms
getsms 1 3
deletesms 1 3
sendsms TEXT 13912345678 -unicode -text 签到成功
sendsms TEXT 13912345678 -unicode -len 200 -text {LONG}
getsms 1 3
"""


@pytest.fixture
def modem(tmp_path):
    with SimulatedModem(tmp_path / "modem") as plugged_in:
        yield plugged_in


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """What gammu said to a modem that holds a long text and a short one, and the modem afterwards."""
    if shutil.which("gammu") is None:
        pytest.skip("gammu is not installed (apt install gammu)")
    place = tmp_path_factory.mktemp("gammu")
    with SimulatedModem(place / "modem") as modem:
        for pdu in received_pdus("+8613912345678", LONG, sent_ms=SENT_MS):
            assert modem.receive(pdu)
        modem.receive(received_pdus("+8613800000000", "签到123456", sent_ms=SENT_MS)[0])
        (place / "gammurc").write_text(f"[gammu]\ndevice={modem.line.path}\nconnection=at115200\n")
        done = subprocess.run(
            ["gammu", "-c", place / "gammurc", "batch"],
            input=WHAT_GAMMU_DOES,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        yield done.stdout + done.stderr, modem


def test_gammu_identifies_it(session):
    said, _ = session
    assert "Simulated modem" in said
    assert "490154203237518" in said


def test_gammu_sees_its_network_and_service_centre(session):
    said, _ = session
    assert "home network" in said
    assert "+8613800100500" in said


def test_gammu_lists_a_chinese_text_in_parts(session):
    said, _ = session
    for expected in ("part 1 of 2", "part 2 of 2", LONG[:67], LONG[67:], "+8613912345678"):
        assert expected in said
    assert said.count("Sun Nov 22 04:30:00 2026 +0800") == 4


def test_gammu_reads_and_deletes_a_text(session):
    said, modem = session
    assert said.count("签到123456") == 2
    assert said.count("Invalid location") == 1
    assert sorted(modem.store) == [1, 2]


def test_gammu_sends_a_chinese_text_short_and_in_parts(session):
    _, modem = session
    assert modem.sent_texts()[0] == ("13912345678", "签到成功")
    assert "".join(text for _, text in modem.sent_texts()[1:]) == LONG
    assert [data.part.index for _, data in modem.sent[1:]] == [1, 2]


def test_a_network_keeps_what_a_full_store_can_not_take(modem):
    pdu = received_pdus("+8613912345678", "IN", sent_ms=SENT_MS)[0]
    assert [modem.receive(pdu) for _ in range(31)] == [True] * 30 + [False]
