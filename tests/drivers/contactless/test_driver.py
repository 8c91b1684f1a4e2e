import pytest

from drivers.contactless import driver as contactless_reader
from drivers.contactless.driver import ContactlessDriver
from drivers.contactless.ntag424 import TagKeys, verify_message
from drivers.contactless.uid import GET_UID
from drivers.reading import DeviceState, Presented
from drivers.settings import ContactlessSettings
from drivers.simulated.contactless import SimulatedCardService, card_with
from drivers.simulated.ntag424 import SigningTag
from foundation.back_off import BackOff
from foundation.errors import CredentialError
from tests.english import in_english

UID, OTHER_UID = "04A2B3C4", "04A2B3C4D5E680"
KEYS = TagKeys(bytes(range(16)), bytes(range(16, 32)))


@pytest.fixture
def service():
    return SimulatedCardService()


@pytest.fixture
def not_started(service, engine, clock):
    def make(*, signed_taps=False, **settings):
        return ContactlessDriver(
            ContactlessSettings(name="cards", **settings),
            service,
            deliver=engine.deliver,
            now=clock,
            unreadable=engine.cannot_read,
            signed_taps=signed_taps,
            back_off=BackOff(first_ms=10, longest_ms=10),
        )

    return make


@pytest.fixture
def driver(not_started, running):
    return running(not_started())


def test_it_presents_the_uid_of_a_card(driver, service, engine, clock, until):
    service.hold(card_with(UID))
    until(lambda: engine.readings)
    reading = engine.readings[0]
    assert (reading.presented, reading.payload.reveal(), reading.at) == ("card_uid", UID, clock())


def test_it_reads_a_card_that_lies_there_already(not_started, service, engine, running, until):
    service.hold(card_with(UID))
    running(not_started())
    until(lambda: engine.payloads() == [UID])


def test_it_presents_a_card_once_that_comes_and_goes_at_the_edge_of_the_field(driver, service, engine, until):
    for _ in range(10):
        service.hold(card_with(UID))
        service.take_away()
    service.hold(card_with(OTHER_UID))
    until(lambda: OTHER_UID in engine.payloads())
    assert engine.payloads() in ([UID, OTHER_UID], [OTHER_UID])


def test_it_notices_a_card_that_was_swapped_between_two_looks(driver, service, engine, until):
    service.hold(card_with(UID))
    until(lambda: engine.payloads() == [UID])
    service.hold(card_with(OTHER_UID))
    until(lambda: engine.payloads() == [UID, OTHER_UID])


def test_it_presents_a_card_anew_after_it_was_gone(driver, service, engine, clock, until):
    service.hold(card_with(UID))
    until(lambda: len(engine.readings) == 1)
    service.take_away()
    clock.move(1_500)
    service.hold(card_with(UID))
    until(lambda: len(engine.readings) == 2)


def test_it_asks_again_when_the_first_command_fails(driver, service, engine, until):
    answers = [None, bytes.fromhex(UID + "9000")]
    service.hold(lambda command: answers.pop(0))
    until(lambda: engine.payloads() == [UID])
    assert engine.unreadable == []


def test_it_lets_the_person_know_of_a_card_that_was_pulled_too_soon(driver, service, engine, until):
    service.hold(lambda command: None)
    until(lambda: engine.unreadable)
    service.take_away()
    assert driver.health().detail["cards_unreadable"] >= 1


def test_it_tries_a_card_again_that_stays_and_gives_up_in_the_end(
    driver, service, engine, until, monkeypatch
):
    monkeypatch.setattr(contactless_reader, "_WAIT_MS", 50)
    asked = []
    service.hold(asked.append)
    until(lambda: driver.health().unreadable == 5)
    service.hold(card_with(UID))
    until(lambda: engine.payloads() == [UID])
    assert len(asked) == 10


def test_it_presents_a_phone_once_whose_uid_is_another_each_time(driver, service, engine, until):
    asked = []
    for uid in ("08123456", "08654321"):
        phone = card_with(uid)
        service.hold(lambda command, phone=phone: asked.append(command) or phone(command))
        until(lambda: asked and asked.pop())
    service.hold(card_with(UID))
    until(lambda: UID in engine.payloads())
    assert engine.payloads() == ["08123456", UID]


@pytest.mark.parametrize("encrypts", [True, False])
def test_it_presents_what_a_card_signs(not_started, service, engine, running, until, encrypts):
    running(not_started(signed_taps=True))
    service.hold(SigningTag(OTHER_UID, KEYS, encrypts=encrypts).held())
    until(lambda: engine.readings)
    assert engine.readings[0].presented is Presented.SIGNED_TAP
    assert verify_message(engine.payloads()[0], KEYS).uid.reveal() == OTHER_UID


def test_it_presents_what_a_card_with_a_random_uid_signs(not_started, service, engine, running, until):
    running(not_started(signed_taps=True))
    service.hold(SigningTag(OTHER_UID, KEYS).held("08123456"))
    until(lambda: engine.readings)
    assert verify_message(engine.payloads()[0], KEYS).uid.reveal() == OTHER_UID


def test_it_asks_no_card_for_a_signature_that_nobody_verifies(driver, service, engine, until):
    asked = []
    card = SigningTag(OTHER_UID, KEYS).held()
    service.hold(lambda command: asked.append(command) or card(command))
    until(lambda: engine.payloads() == [OTHER_UID])
    assert asked == [GET_UID]


def test_it_gives_no_card_the_answers_of_another(service):
    service.hold(card_with(UID))
    with service.card(service.READER) as transmit:
        service.hold(card_with(OTHER_UID))
        with pytest.raises(CredentialError):
            transmit(GET_UID)


def test_it_reads_again_when_the_engine_was_full(driver, service, engine, until):
    engine.full = True
    service.hold(card_with(UID))
    until(lambda: driver.health().dropped == 1)
    engine.full = False
    service.hold(card_with(UID))
    until(lambda: engine.payloads() == [UID])


def test_it_lives_through_a_pulled_reader(driver, service, engine, until):
    service.unplug()
    until(lambda: driver.health().state is DeviceState.FAULT)
    service.plug_in()
    until(lambda: driver.health().reopened == 1)
    service.hold(card_with(UID))
    until(lambda: engine.payloads() == [UID])


def test_it_lives_through_the_end_of_the_service(driver, service, engine, until):
    service.end()
    until(lambda: "service does not answer" in in_english(driver.health().fault))
    service.begin()
    service.hold(card_with(UID))
    until(lambda: engine.payloads() == [UID])


def test_it_says_which_reader_is_missing(not_started, running, until):
    driver = running(not_started(reader="ACR122"), ready=False)
    until(lambda: driver.health().fault)
    assert "No card reader 'ACR122' is plugged in." in in_english(driver.health().fault)


def test_it_says_that_no_reader_is_there(not_started, service, running, until):
    service.unplug()
    driver = running(not_started(), ready=False)
    until(lambda: driver.health().fault)
    assert "No card reader is plugged in." in in_english(driver.health().fault)
