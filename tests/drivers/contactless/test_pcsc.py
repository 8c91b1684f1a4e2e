"""The PC/SC service against the real pcscd with the virtual reader vpcd, in a mount namespace of its own."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from smartcard import scard

from drivers.contactless import driver as contactless_reader
from drivers.contactless.driver import ContactlessDriver
from drivers.contactless.ntag424 import TagKeys, verify_message
from drivers.contactless.pcsc import PcscCardService, ReaderState
from drivers.contactless.type4_tag import READ_BINARY, SELECT_APPLICATION, SELECT_NDEF_FILE
from drivers.contactless.uid import GET_UID
from drivers.reading import DeviceState, Presented
from drivers.settings import ContactlessSettings
from drivers.simulated.contactless import VirtualCard, card_with
from drivers.simulated.ntag424 import SigningTag
from foundation.back_off import BackOff
from foundation.errors import CredentialError, DeviceError
from tests.english import in_english
from tests.sync.patience import PATIENCE_S

VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
UID = "04A2B3C4D5E680"
KEYS = TagKeys(bytes(range(16)), bytes(range(16, 32)))


def two_free_ports():
    """vpcd listens on the port that it is given, and on the next for its second slot."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("0.0.0.0", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("0.0.0.0", port + 1))
            except (OSError, OverflowError):
                continue
            return port


class IsolatedPcscd:
    """pcscd that knows one virtual reader and shares nothing with the machine's own."""

    def __init__(self, place):
        self.port = two_free_ports()
        self._run, self._settings = place / "run", place / "conf"  # pcscd reads every file of its settings
        self._log = place / "log"
        self._run.mkdir()
        self._settings.mkdir()
        reader = (f"DEVICENAME /dev/null:{self.port}", f"LIBPATH {VPCD}", f"CHANNELID {self.port}")
        (self._settings / "vpcd").write_text("\n".join(('FRIENDLYNAME "Test NFC"', *reader, "")))
        Path("/run/pcscd").mkdir(exist_ok=True)
        os.environ["PCSCLITE_CSOCK_NAME"] = str(self._run / "pcscd.comm")

    def start(self):
        command = f"mount --bind {self._run} /run/pcscd && exec pcscd --foreground --config {self._settings}"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(["unshare", "-m", "sh", "-c", command], stdout=log, stderr=log)
        give_up_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_at:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                time.sleep(0.05)
            else:
                return
        pytest.fail(f"pcscd did not start:\n{self._log.read_text()}")

    def kill(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture(scope="module")
def installed_pcscd():
    if os.geteuid() != 0:
        pytest.skip("a pcscd of our own needs root, for its mount namespace")
    if shutil.which("pcscd") is None or not VPCD.exists():
        pytest.skip("pcscd or vpcd is not installed (apt install pcscd vsmartcard-vpcd)")
    place = Path(tempfile.mkdtemp(prefix="pcscd-"))  # short: the path of a socket has 108 bytes
    service = IsolatedPcscd(place)
    service.start()
    yield service
    service.kill()
    shutil.rmtree(place)


@pytest.fixture
def pcscd(installed_pcscd):
    return installed_pcscd


@pytest.fixture
def driver(pcscd, engine, clock, running):
    return running(
        ContactlessDriver(
            ContactlessSettings(name="cards", reader="Test NFC 00 00", gone_after_ms=60_000),
            PcscCardService(),
            deliver=engine.deliver,
            now=clock,
            unreadable=engine.cannot_read,
            signed_taps=True,
            back_off=BackOff(first_ms=50, longest_ms=50),
        )
    )


@pytest.mark.parametrize("uid", ["04A2B3C4", "04A2B3C4D5E680", "04A2B3C4D5E6F708191A"])
def test_it_reads_uids_of_each_length_through_pcscd(driver, pcscd, engine, until, uid):
    with VirtualCard(pcscd.port, card_with(uid)):
        until(lambda: engine.payloads() == [uid])


def test_it_refuses_a_card_without_a_uid(driver, pcscd, engine, until, monkeypatch):
    monkeypatch.setattr(contactless_reader, "_WAIT_MS", 50)
    with VirtualCard(pcscd.port, lambda command: bytes.fromhex("6A81")):
        until(lambda: len(engine.unreadable) == 5, "it gave up")
    assert engine.readings == []


def test_it_reads_what_a_card_signs_through_pcscd(driver, pcscd, engine, clock, until):
    tag = SigningTag(UID, KEYS)
    for tapped in (1, 2):
        with VirtualCard(pcscd.port, tag.held()):
            until(lambda expected=tapped: len(engine.readings) == expected)
        clock.move(60_000)
    taps = [verify_message(payload, KEYS) for payload in engine.payloads()]
    assert [(tap.uid.reveal(), tap.counter) for tap in taps] == [(UID, 1), (UID, 2)]
    assert {reading.presented for reading in engine.readings} == {Presented.SIGNED_TAP}


@pytest.mark.parametrize("refused", [SELECT_APPLICATION, SELECT_NDEF_FILE, READ_BINARY])
@pytest.mark.parametrize("status", ["6A82", "6700", "9000"])
def test_it_reads_the_uid_of_a_card_that_shows_nothing_signed(driver, pcscd, engine, until, refused, status):
    card = SigningTag(UID, KEYS).held()
    with VirtualCard(
        pcscd.port, lambda asked: bytes.fromhex(status) if asked.startswith(refused) else card(asked)
    ):
        until(lambda: engine.payloads() == [UID])
    assert engine.readings[0].presented is Presented.CARD_UID


def test_it_lives_through_a_signing_card_that_is_pulled_in_the_middle(driver, pcscd, engine, until):
    card = SigningTag(UID, KEYS).held()
    with VirtualCard(pcscd.port, lambda asked: None if asked.startswith(READ_BINARY) else card(asked)):
        until(lambda: engine.unreadable)
    assert driver.health().state is DeviceState.READY
    assert engine.readings == []
    with VirtualCard(pcscd.port, card):
        until(lambda: engine.readings)
    assert engine.readings[0].presented is Presented.SIGNED_TAP


def test_it_lives_through_a_card_that_is_pulled_in_the_middle(driver, pcscd, engine, until):
    with VirtualCard(pcscd.port, lambda command: None):
        until(lambda: engine.unreadable)
    assert driver.health().state is DeviceState.READY
    with VirtualCard(pcscd.port, card_with(UID)):
        until(lambda: engine.payloads() == [UID])


def test_it_reads_one_card_after_the_other(driver, pcscd, engine, until):
    for count, uid in enumerate(("04A2B3C4", UID), start=1):
        with VirtualCard(pcscd.port, card_with(uid)):
            until(lambda expected=count: len(engine.readings) == expected)
    assert engine.payloads() == ["04A2B3C4", UID]


def test_it_outlives_a_pcscd_that_is_killed(driver, pcscd, engine, until):
    pcscd.kill()
    until(lambda: driver.health().state is DeviceState.FAULT)
    until(lambda: "pcscd" in in_english(driver.health().fault))
    pcscd.start()
    until(lambda: driver.health().reopened >= 1 and driver.health().state is DeviceState.READY)
    with VirtualCard(pcscd.port, card_with(UID)):
        until(lambda: engine.payloads() == [UID])


class ScriptedCalls:
    """The calls of pyscard with the results that real hardware gave: vpcd can't be unplugged."""

    def __init__(self, **results):
        self._results = results
        self.made = []

    def __getattr__(self, call):
        def answer(*arguments):
            self.made.append(call)
            return self._results.get(call, (scard.SCARD_S_SUCCESS, None))

        return answer


def service_with(**results):
    calls = ScriptedCalls(SCardEstablishContext=(0, 7), SCardConnect=(0, 9, 1), **results)
    service = PcscCardService(calls)
    service.open()
    return service, calls


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (scard.SCARD_E_UNKNOWN_READER, "reader is gone"),
        (scard.SCARD_E_READER_UNAVAILABLE, "reader is gone"),
        (scard.SCARD_F_COMM_ERROR, "service does not answer"),
        (scard.SCARD_E_NO_SERVICE, "service does not answer"),
        (scard.SCARD_E_INVALID_HANDLE, "service does not answer"),
    ],
)
def test_it_says_whether_the_reader_or_the_service_failed(result, words):
    service, _ = service_with(SCardGetStatusChange=(result, []))
    with pytest.raises(DeviceError, match=words):
        service.wait("ACR122U", ReaderState(), 10)


@pytest.mark.parametrize("state", [scard.SCARD_STATE_UNKNOWN, scard.SCARD_STATE_UNAVAILABLE | 0x30000])
def test_it_notices_an_unplugged_reader_by_its_state(state):
    service, _ = service_with(SCardGetStatusChange=(0, [("ACR122U", state, [])]))
    with pytest.raises(DeviceError, match="reader is gone"):
        service.wait("ACR122U", ReaderState(), 10)


def test_it_knows_no_change_by_the_time_out():
    service, _ = service_with(SCardGetStatusChange=(scard.SCARD_E_TIMEOUT, []))
    known = ReaderState(0x10010)
    assert service.wait("ACR122U", known, 10) is known


def test_it_ends_a_wait_that_is_interrupted(pcscd):
    service = PcscCardService()
    service.open()
    known = service.wait("Test NFC 00 00", ReaderState(), 1000)
    while known.has_card:  # that of the test before, until pcscd notices that it went
        known = service.wait("Test NFC 00 00", known, 1000)
    waker = threading.Timer(0.2, service.interrupt)
    waker.start()
    assert service.wait("Test NFC 00 00", known, 3_600_000) == known
    service.close()
    service.interrupt()


def test_it_lists_no_readers_without_an_error():
    service, _ = service_with(SCardListReaders=(scard.SCARD_E_NO_READERS_AVAILABLE, []))
    assert service.readers() == []


@pytest.mark.parametrize(
    "answer",
    [
        (scard.SCARD_W_REMOVED_CARD, []),
        (scard.SCARD_W_UNRESPONSIVE_CARD, []),
        (scard.SCARD_S_SUCCESS, []),
        (scard.SCARD_S_SUCCESS, [0x90]),
    ],
)
def test_it_blames_the_card_for_a_command_that_fails_and_lets_go_of_it(answer):
    service, calls = service_with(SCardTransmit=answer)
    with pytest.raises(CredentialError) as caught, service.card("ACR122U") as transmit:
        transmit(GET_UID)
    assert caught.value.code == "unreadable"
    assert calls.made[-1] == "SCardDisconnect"


def test_it_blames_the_reader_for_a_command_that_fails_with_it():
    service, _ = service_with(SCardTransmit=(scard.SCARD_E_READER_UNAVAILABLE, []))
    with pytest.raises(DeviceError, match="reader is gone"), service.card("ACR122U") as transmit:
        transmit(GET_UID)


def test_it_releases_its_context_once():
    service, calls = service_with()
    service.close()
    service.close()
    assert calls.made.count("SCardReleaseContext") == 1


class Doorkeeper:
    """Listens where pcscd does and hangs up on everybody, as pcscd does on whom polkit doesn't let in."""

    def __init__(self, path):
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            line.close()

    def close(self):
        self._server.close()


FORBIDDEN = """
from drivers.contactless.pcsc import PcscCardService
from foundation.errors import DeviceError
service = PcscCardService()
for _ in range(2):
    try:
        service.open()
    except DeviceError as error:
        print(error.trouble.code)
    service.close()
"""


def ask_pcscd_at(path):
    """In a process of its own: the library keeps the address that it began with."""
    return subprocess.run(
        [sys.executable, "-c", FORBIDDEN],
        env=os.environ | {"PCSCLITE_CSOCK_NAME": str(path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_a_service_that_hangs_up_does_not_let_us_in_and_nothing_is_released(tmp_path):
    doorkeeper = Doorkeeper(tmp_path / "pcscd.comm")
    try:
        asked = ask_pcscd_at(tmp_path / "pcscd.comm")
    finally:
        doorkeeper.close()
    assert (asked.stdout, asked.stderr) == ("card_service_forbidden\n" * 2, "")


def test_a_service_that_is_not_there_is_silent_and_nothing_is_released(tmp_path):
    asked = ask_pcscd_at(tmp_path / "pcscd.comm")
    assert (asked.stdout, asked.stderr) == ("card_service_silent\n" * 2, "")


@pytest.mark.parametrize("result", [scard.SCARD_W_SECURITY_VIOLATION, scard.SCARD_E_NO_ACCESS])
def test_a_service_that_says_that_it_forbids_it_is_believed(result):
    service, _ = service_with(SCardListReaders=(result, []))
    with pytest.raises(DeviceError, match="does not let this account in"):
        service.readers()
