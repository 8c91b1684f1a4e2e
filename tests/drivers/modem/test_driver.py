import pytest
from structlog.testing import capture_logs

from drivers.modem import conversation as modem_conversation
from drivers.modem import driver as modem_module
from drivers.modem.driver import MOST_QUEUED, ModemDriver
from drivers.modem.gsm_alphabet import pack, septets_of
from drivers.reading import DeviceState, Secret
from drivers.settings import ModemSettings
from drivers.simulated.modem import SimulatedModem, received_pdus
from foundation.errors import DeviceError
from tests.english import in_english

ALICE = "+8613912345678"
SENT_MS = 1_795_300_000_000
LONG = "编号4711签到" * 30


def sms(text, sender=ALICE):
    return received_pdus(sender, text, sent_ms=SENT_MS)


@pytest.fixture
def modem(tmp_path):
    with SimulatedModem(tmp_path / "modem") as plugged_in:
        yield plugged_in


@pytest.fixture
def new_driver(modem, engine, clock):
    def make(look_every_ms=60_000):
        settings = ModemSettings(name="sms", port=str(modem.line.path), look_every_ms=look_every_ms)
        return ModemDriver(settings, deliver=engine.deliver, now=clock)

    return make


@pytest.fixture
def driver(new_driver, running, until):
    driver = running(new_driver())
    until(lambda: "signal_dbm" in driver.health().detail, "the first look was over")
    return driver


@pytest.fixture
def impatient_driver(new_driver, running):
    return running(new_driver(look_every_ms=100))


def receive(modem, *pdus):
    for pdu in pdus:
        assert modem.receive(pdu)


def test_it_presents_a_text_and_frees_its_place(driver, modem, engine, clock, until):
    receive(modem, *sms("签到123456"))
    until(lambda: engine.readings and not modem.store)
    reading = engine.readings[0]
    assert (reading.presented, reading.payload.reveal(), reading.sender.reveal()) == (
        "sms",
        "签到123456",
        ALICE,
    )
    assert reading.at == clock()


def test_it_presents_what_came_while_nobody_listened(new_driver, modem, engine, running, until):
    receive(modem, *sms("IN 1"), *sms("IN 2"))
    running(new_driver())
    until(lambda: len(engine.readings) == 2)


def test_it_finds_texts_that_the_modem_does_not_mention(impatient_driver, modem, engine, until):
    modem.mentions_arrivals = False
    receive(modem, *sms("IN 4711"))
    until(lambda: engine.payloads() == ["IN 4711"])


def test_it_finds_every_text_of_a_burst(driver, modem, engine, until):
    for number in range(12):
        receive(modem, *sms(f"IN {number}"))
    until(lambda: len(engine.readings) == 12 and not modem.store)


def test_it_joins_a_long_text(driver, modem, engine, until):
    first, *rest = sms(LONG)
    receive(modem, *rest)
    receive(modem, first)
    until(lambda: engine.payloads() == [LONG] and not modem.store)


def test_it_keeps_the_parts_of_a_text_in_the_modem_until_it_is_whole(impatient_driver, modem, engine, until):
    first, *rest = sms(LONG)
    receive(modem, first)
    until(lambda: impatient_driver.health().detail.get("stored_messages") == 1)
    assert engine.readings == []
    receive(modem, *rest)
    until(lambda: engine.payloads() == [LONG])


def test_it_leaves_a_text_in_the_modem_until_the_engine_has_taken_it(impatient_driver, modem, engine, until):
    engine.full = True
    receive(modem, *sms("IN 4711"))
    until(lambda: impatient_driver.health().dropped >= 2)
    assert len(modem.store) == 1
    engine.full = False
    until(lambda: engine.payloads() == ["IN 4711"] and not modem.store)


def test_it_presents_a_text_once_when_the_modem_can_not_free_it(impatient_driver, modem, engine, until):
    modem.refused["AT+CMGD"] = "+CMS ERROR: 500"
    receive(modem, *sms("IN 4711"))
    until(lambda: impatient_driver.health().detail.get("undeleted_messages", 0) >= 2)
    assert engine.payloads() == ["IN 4711"]


def test_it_sorts_out_what_the_modem_says_in_the_middle_of_a_list(driver, modem, engine, until):
    modem.between = ["RING", '+CMTI: "SM",9', "+CREG: 2"]
    receive(modem, *sms("IN 4711"))
    until(lambda: engine.payloads() == ["IN 4711"])


def test_it_gives_no_sender_to_service_messages(driver, modem, engine, until):
    receive(modem, *sms("您的余额", sender="10086"))
    until(lambda: engine.readings)
    assert engine.readings[0].sender is None


def test_a_name_of_digits_is_nobodys_number(driver, modem, engine, until):
    """A sender of mass texts chooses the name, eleven characters at most: as long as a Chinese number."""
    (as_number,) = sms("IN 4711", sender="13912345678")
    (as_name,) = sms("IN 4711", sender="13912345678")
    name = pack([septet for one in "13912345678" for septet in septets_of(one)])
    as_name = as_name.replace("0B813119325476F8", f"14D0{name.hex().upper()}")
    assert as_name != as_number
    receive(modem, as_name, as_number)
    until(lambda: len(engine.readings) == 2)
    senders = [one.sender.reveal() if one.sender else "" for one in engine.readings]
    assert sorted(senders) == ["", "+8613912345678"]


def test_it_counts_what_is_no_text_once_and_keeps_it(impatient_driver, modem, engine, until):
    receive(modem, "0606060606", *sms("IN 4711"))
    until(lambda: engine.readings and len(modem.store) == 1)
    until(lambda: impatient_driver.health().unreadable == 1)
    receive(modem, *sms("IN 4712"))
    until(lambda: len(engine.readings) == 2)
    assert impatient_driver.health().unreadable == 1


def test_it_makes_room_in_a_nearly_full_store(impatient_driver, modem, engine, until, monkeypatch):
    monkeypatch.setattr(modem_module.StoreWatch, "STUCK_AFTER_MS", 0)
    for octet in range(24):
        receive(modem, f"0606060606{octet:02X}")
    until(lambda: impatient_driver.health().unreadable == 24)
    assert len(modem.store) == 24
    receive(modem, "060606060618")
    until(lambda: len(modem.store) <= 1, "there was room")
    until(lambda: impatient_driver.health().detail.get("discarded_messages", 0) >= 24)


def test_it_sends_a_text(driver, modem, until):
    assert driver.send(Secret(ALICE), "签到成功")
    until(lambda: driver.health().detail.get("sent_texts") == 1)
    assert modem.sent_texts() == [(ALICE, "签到成功")]


def test_it_sends_a_long_text_in_parts(driver, modem, until):
    driver.send(Secret(ALICE), LONG)
    until(lambda: driver.health().detail.get("sent_texts") == 1)
    assert "".join(text for _, text in modem.sent_texts()) == LONG


def test_it_sends_again_what_the_network_refused_for_a_moment(driver, modem, until, monkeypatch):
    monkeypatch.setattr(modem_module, "_SEND_AGAIN_AFTER_MS", 10)
    monkeypatch.setattr(modem_module, "_SEND_TRIES", 1_000_000)
    modem.refused["AT+CMGS"] = "+CMS ERROR: 331"
    driver.send(Secret(ALICE), "OK")
    until(lambda: driver._outbox[0].tries)
    modem.refused.clear()
    until(lambda: modem.sent_texts() == [(ALICE, "OK")])


def test_it_gives_a_text_up_after_three_refusals_and_names_no_number(driver, modem, until, monkeypatch):
    monkeypatch.setattr(modem_module, "_SEND_AGAIN_AFTER_MS", 10)
    modem.refused["AT+CMGS"] = "+CMS ERROR: 500"
    with capture_logs() as logs:
        driver.send(Secret(ALICE), "OK")
        until(lambda: driver.health().detail.get("unsent_texts") == 1)
    assert logs == [
        {"event": "text_not_sent", "device": "sms", "failure": "+CMS ERROR: 500", "log_level": "warning"}
    ]


def test_it_refuses_a_text_that_no_message_can_carry(new_driver):
    with pytest.raises(DeviceError, match="more than 8"):
        new_driver().send(Secret(ALICE), "签" * 1000)


def test_it_refuses_a_text_when_too_many_wait(new_driver):
    driver = new_driver()
    assert all(driver.send(Secret(ALICE), "OK") for _ in range(MOST_QUEUED))
    assert not driver.send(Secret(ALICE), "OK")


def test_it_watches_the_network(driver):
    assert driver.health().detail["signal_dbm"] == -71
    assert driver.health().detail["registered"] == 1


def test_it_restarts_a_modem_that_lost_its_network(new_driver, modem, running, until, monkeypatch):
    monkeypatch.setattr(modem_module, "_WATCH_EVERY_MS", 0)
    monkeypatch.setattr(modem_module, "_UNREGISTERED_UNTIL_RESTART_MS", 100)
    modem.registration = 2
    driver = running(new_driver())
    until(lambda: modem.restarts >= 1)
    modem.registration = 1
    until(
        lambda: driver.health().detail.get("registered") == 1 and driver.health().state is DeviceState.READY
    )


def test_it_restarts_a_modem_that_fails_again_and_again(new_driver, modem, running, until, monkeypatch):
    monkeypatch.setattr(modem_module, "_FAILED_TALKS_UNTIL_RESTART", 1)
    modem.refused["AT+CMGL"] = "+CMS ERROR: 320"
    driver = running(new_driver(), ready=False)
    until(lambda: modem.restarts == 1)
    modem.refused.clear()
    until(lambda: "registered" in driver.health().detail)


def test_it_opens_a_modem_anew_that_stopped_answering(driver, modem, engine, until, monkeypatch):
    monkeypatch.setattr(modem_module, "_LIST_WITHIN_MS", 300)
    modem.silent = True
    receive(modem, *sms("IN 4711"))
    until(lambda: driver.health().fault)
    modem.silent = False
    until(lambda: engine.payloads() == ["IN 4711"])


def test_it_recovers_from_a_conversation_that_broke_off_at_the_prompt(
    new_driver, modem, engine, running, until
):
    modem.answer(b"AT+CMGS=23\r00")
    running(new_driver())
    receive(modem, *sms("IN 4711"))
    until(lambda: engine.payloads() == ["IN 4711"])


@pytest.mark.parametrize(
    ("command", "refusal", "words"),
    [
        ("AT+CPIN?", "+CME ERROR: 10", "SIM"),
        ("AT+CMGF=0", "ERROR", "takes messages as PDUs"),
        ("AT", "", "does not answer"),
    ],
)
def test_it_says_what_is_wrong_with_a_modem(
    new_driver, modem, running, until, monkeypatch, command, refusal, words
):
    monkeypatch.setattr(modem_conversation, "_WAKE_WITHIN_MS", 200)
    modem.refused[command] = refusal
    driver = running(new_driver(), ready=False)
    until(lambda: driver.health().fault and words in in_english(driver.health().fault))


def test_it_lives_through_an_unplug_and_loses_no_text(driver, modem, engine, until):
    modem.line.unplug()
    receive(modem, *sms("IN 4711"))
    driver.send(Secret(ALICE), "OK")
    until(lambda: driver.health().fault)
    modem.line.plug_in()
    until(lambda: engine.payloads() == ["IN 4711"] and modem.sent_texts() == [(ALICE, "OK")])


def test_it_reads_through_noise_on_the_line(driver, modem, engine, until):
    modem.line.send(bytes(range(256)) * 8 + b"\r\n")
    receive(modem, *sms("IN 4711"))
    until(lambda: engine.payloads() == ["IN 4711"])
