"""What terminals tell of themselves is kept where it changed, and however much is told, in bounded room."""

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from settlement.downlink.served import EVERYBODY, Served
from settlement.ingest import told_health
from settlement.ingest.told_health import KEPT_MS, MOST_AN_HOUR, ToldHealth, forget_old
from settlement.models import Terminal, TerminalTold
from settlement.review.terminal_history import history_of, lately
from settlement.review.told_facts import Told, is_news
from sync.contract import wire
from sync.contract.wire import DeviceReport, Health, LinkState, State

pytestmark = pytest.mark.django_db

MINUTE = 60_000
HOUR = 60 * MINUTE


def state(link=LinkState.ONLINE, terminal="north-gate", unsent=0, **health):
    well = {"clock": "synced", "devices": {}, "readings": 1, "here": 0, "disk_free_bytes": 2**33}
    told = Health(**well | health) if link is LinkState.ONLINE else None
    return msgspec.json.encode(State(1, link, terminal, "s", unsent, 5, told))


@pytest.fixture
def told(terminal, monkeypatch):
    monkeypatch.setattr(told_health, "_EVERY_S", 0.0)
    keeper = ToldHealth()

    def _told(at_ms, payload=None, name="north-gate", served=EVERYBODY, **facts):
        keeper.note(wire.topic("state", name), payload or state(**facts), at_ms)
        keeper.step(served, at_ms)

    _told.keeper = keeper
    return _told


def rows():
    return [(one.from_ms, one.told.link, one.times) for one in history_of("north-gate")[0]][::-1]


def test_a_row_is_written_only_where_something_became_another(told, hear):
    hear()
    for minute in range(5):
        told(minute * MINUTE, temperature_mc=50_000 + minute * 900, unsent=minute)
    assert rows() == [(0, "online", 1)]
    told(10 * MINUTE, link=LinkState.OFFLINE)
    told(12 * MINUTE, temperature_mc=61_000, each_device={"gate": DeviceReport("serial", "fault", 1, 0)})
    newest, away, first = history_of("north-gate")[0]
    assert (first.until_ms, away.until_ms, newest.until_ms) == (10 * MINUTE, 12 * MINUTE, None)
    assert (away.told.link, away.told.temperature_c) == ("offline", 50)
    assert (newest.told.faults, newest.told.temperature_c) == (["gate"], 61)
    assert newest.told.software == first.told.software != ""
    assert lately("north-gate", 11 * MINUTE) == [newest, away]


def test_what_was_another_way_between_two_looks_is_told_as_changes(told):
    told(0)
    for link in (LinkState.OFFLINE, LinkState.ONLINE):
        told.keeper.note(wire.topic("state", "north-gate"), state(link), MINUTE)
    told.keeper.step(EVERYBODY, MINUTE)
    assert rows() == [(0, "online", 1), (MINUTE, "online", 2)]


def test_who_flaps_all_day_fills_little(told):
    for number in range(100):
        told(number * 1_000, link=(LinkState.ONLINE, LinkState.OFFLINE)[number % 2])
    assert TerminalTold.objects.count() == MOST_AN_HOUR
    assert sum(times for _, _, times in rows()) == 100
    told(2 * HOUR)
    assert TerminalTold.objects.count() == MOST_AN_HOUR + 1


def test_old_rows_go_but_not_the_last_word(told, monkeypatch):
    told(0)
    told(MINUTE, link=LinkState.OFFLINE)
    forget_old(KEPT_MS + HOUR)
    assert rows() == [(MINUTE, "offline", 1)]
    monkeypatch.setattr(told_health, "MOST_ROWS", 3)
    for number in range(6):
        told(number * HOUR, unsent=10**number)
    forget_old(6 * HOUR)
    assert [at_ms for at_ms, _, _ in rows()] == [3 * HOUR, 4 * HOUR, 5 * HOUR]


@pytest.mark.parametrize(
    "payload",
    [b"\xff", b"[]", b'{"v":1,"state":"asleep"}', state(terminal="x")[:-9], b"[" * 9_999],
)
def test_what_can_not_be_read_says_nothing(told, payload):
    told(0, payload)
    assert not TerminalTold.objects.exists()


def test_what_a_hostile_terminal_says_is_cut(told):
    devices = {f"d{number:03d}" + "x" * 99: DeviceReport("k", "s\0" * 99, 1, 0) for number in range(99)}
    told(0, each_device=devices, temperature_mc=2**60, clock="c" * 999, disk_free_bytes=2**53)
    kept = TerminalTold.objects.get()
    assert len(msgspec.json.encode(kept.told)) < 2_000
    assert kept.told["temperature_c"] == 200


def test_strangers_and_those_of_another_listener_are_passed_over(told):
    told(0, name="nobody")
    told(0, served=Served(frozenset({"63"})))
    Terminal.objects.update(revoked_ms=1)
    told(0)
    assert not TerminalTold.objects.exists()


def test_many_at_once_cost_as_many_questions_as_a_few(told, site):
    def costs(names):
        for name in names:
            told.keeper.note(wire.topic("state", name), state(), 0)
        with CaptureQueriesContext(connection) as seen:
            told.keeper.step(EVERYBODY, 0)
        return len(seen)

    for number in range(60):
        Terminal.objects.create(
            id=f"t{number}", site=site, bucket="08", public_key=f"{number:064d}", realm="live"
        )
    few = costs(["t0", "t1"])
    assert costs([f"t{number}" for number in range(2, 60)]) <= few
    assert TerminalTold.objects.count() == 60


def test_what_is_unknown_is_not_the_same_as_nothing():
    assert is_news(Told(temperature_c=None), Told(temperature_c=3))
    assert not is_news(Told(disk_mib=100), Told(disk_mib=90))
    assert is_news(Told(disk_mib=100), Told(disk_mib=80))
