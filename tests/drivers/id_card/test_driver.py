import pytest
from structlog.testing import capture_logs

from drivers.id_card import driver as id_card_reader
from drivers.id_card.driver import IdCardDriver
from drivers.id_card.text import number_from
from drivers.reading import DeviceState
from drivers.settings import IdCardSettings
from drivers.simulated.id_card import SimulatedIdCardReader, card_text
from tests.english import in_english

NUMBER = "999999199001010016"
OTHER_NUMBER = "999999200501010026"


@pytest.fixture
def reader(tmp_path):
    with SimulatedIdCardReader(tmp_path / "reader") as plugged_in:
        yield plugged_in


@pytest.fixture
def not_started(reader, engine, clock):
    settings = IdCardSettings(name="id-cards", port=str(reader.line.path))
    return IdCardDriver(settings, deliver=engine.deliver, now=clock, unreadable=engine.cannot_read)


@pytest.fixture
def driver(not_started, running):
    return running(not_started)


@pytest.fixture
def soon_lost(monkeypatch):
    """A reader that is taken for lost sooner than usual."""
    monkeypatch.setattr(id_card_reader, "_ANSWER_WITHIN_MS", 1000)
    monkeypatch.setattr(id_card_reader, "_POLL_MS", 30)


def test_it_presents_the_number_of_a_card_and_nothing_else(driver, reader, engine, clock, until):
    with capture_logs() as logs:
        reader.lay(card_text(NUMBER))
        until(lambda: engine.readings)
    reading = engine.readings[0]
    assert (reading.presented, reading.payload.reveal(), reading.at) == ("id_number", NUMBER, clock())
    assert logs == []


def test_it_presents_the_next_card(driver, reader, engine, until):
    reader.lay(card_text(NUMBER))
    until(lambda: len(engine.readings) == 1)
    reader.lay(card_text(OTHER_NUMBER))
    until(lambda: len(engine.readings) == 2)
    assert engine.payloads() == [NUMBER, OTHER_NUMBER]


def test_it_takes_a_card_that_is_found_again_at_once_for_the_same_presentation(driver, reader, engine, until):
    reader.lay(card_text(NUMBER))
    until(lambda: engine.readings)
    reader.lay(card_text(NUMBER))
    until(lambda: reader._was_read)
    reader.lay(card_text(OTHER_NUMBER))
    until(lambda: OTHER_NUMBER in engine.payloads())
    assert engine.payloads() == [NUMBER, OTHER_NUMBER]


def test_it_presents_a_card_anew_after_it_was_gone(driver, reader, engine, clock, until):
    reader.lay(card_text(NUMBER))
    until(lambda: len(engine.readings) == 1)
    reader.take_away()
    clock.move(3000)
    reader.lay(card_text(NUMBER))
    until(lambda: len(engine.readings) == 2)


def test_it_asks_for_another_try_when_a_read_fails_and_then_reads(driver, reader, engine, until):
    reader.lay(card_text(NUMBER), failing_reads=2)
    until(lambda: engine.readings)
    assert engine.unreadable == ["id-cards"] * 2


def test_it_asks_for_another_try_when_the_record_is_wrong(driver, reader, engine, until):
    reader.lay(card_text("999999199001010017"))
    until(lambda: engine.unreadable)
    assert engine.readings == []


def test_it_overwrites_the_record_after_reading_it(driver, reader, engine, until, monkeypatch):
    records = []

    def keep_the_record(data):
        records.append(data)
        return number_from(data)

    monkeypatch.setattr("drivers.id_card.driver.number_from", keep_the_record)
    reader.lay(card_text(NUMBER))
    until(lambda: engine.readings)
    assert [bytes(record) for record in records] == [bytes(1284)]


@pytest.mark.parametrize(("status", "words"), [(0x60, "self-test"), (0x66, "not authorised")])
def test_it_reports_a_security_module_that_fails(not_started, reader, running, until, status, words):
    reader.module_status = status
    driver = running(not_started, ready=False)
    until(lambda: driver.health().fault)
    assert words in in_english(driver.health().fault)


def test_it_reports_a_device_that_does_not_answer(soon_lost, not_started, reader, running, until):
    reader.silent = True
    driver = running(not_started, ready=False)
    until(lambda: driver.health().fault)
    assert "does not answer" in in_english(driver.health().fault)


def test_it_reports_a_reader_that_goes_silent_and_uses_it_again(soon_lost, driver, reader, engine, until):
    reader.silent = True
    until(lambda: driver.health().state is DeviceState.FAULT)
    assert "went silent" in in_english(driver.health().fault)
    reader.silent = False
    reader.lay(card_text(NUMBER))
    until(lambda: engine.readings)


def test_it_reads_through_noise_on_the_line(driver, reader, engine, until):
    reader.line.send(bytes(range(256)) + bytes.fromhex("AAAAAA96690008FFFF"))
    reader.lay(card_text(NUMBER))
    until(lambda: engine.payloads() == [NUMBER])


def test_it_lives_through_an_unplug_in_the_middle_of_a_record(driver, reader, engine, until):
    reader.lay(card_text(OTHER_NUMBER), pull_cable=True)
    until(lambda: driver.health().fault)
    reader.line.plug_in()
    until(lambda: driver.health().reopened == 1)
    reader.lay(card_text(NUMBER))
    until(lambda: engine.payloads() == [NUMBER])


def test_it_stops_while_it_waits_for_an_answer(driver, reader):
    reader.silent = True
    driver.stop()
    assert driver.health().state is DeviceState.CLOSED
