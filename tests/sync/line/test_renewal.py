"""When a terminal asks for a new certificate, and what it takes for one."""

import datetime as dt
import shutil
import time
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sync.contract import wire
from sync.contract.renewal import RenewalRefusal, RenewalRequest, seal_answer
from sync.contract.wire import MessageKind, Realm
from sync.line.broker import BrokerSettings
from sync.line.certificate_authority import BACKDATED, CertificateKind, read_certificate
from sync.line.certificate_request import read_request
from sync.line.identity import Identity
from sync.line.renewal import FIRST_PAUSE_S, LONGEST_PAUSE_S, Renewal
from tests.english import in_english
from tests.sync.asyncapi_document import validate
from tests.sync.live_authority import LiveAuthority
from tests.sync.samples import CENTRE_KEY, STRANGER_KEY, TERMINAL, TERMINAL_KEY

IDENTITY = Identity(TERMINAL, "07", Realm.LIVE, TERMINAL_KEY, CENTRE_KEY.public)
DAY_S = 86_400
HALF_S = (10 * DAY_S - BACKDATED.total_seconds()) / 2
"""From now until half of the life of a certificate of ten days is over."""


class Terminal:
    """A terminal's folder, and a clock that a test moves."""

    def __init__(self, folder, authority):
        self.folder = folder
        self.authority = authority
        self.now_s = time.time()
        folder.mkdir()
        authority.issue(TERMINAL)
        shutil.copy(authority.folder / "ca.pem", folder / "ca.pem")
        for end in ("pem", "key"):
            shutil.copy(authority.folder / f"{TERMINAL}.{end}", folder / f"tls.{end}")
        self.settings = BrokerSettings(
            ca_file=str(folder / "ca.pem"),
            certificate_file=str(folder / "tls.pem"),
            key_file=str(folder / "tls.key"),
        )
        self.begin()

    def begin(self):
        self.renewal = Renewal(IDENTITY, self.settings, Random(1), lambda: self.now_s, lambda: self.now_s)

    def pass_by(self, seconds):
        self.now_s += seconds
        return self.renewal.request_due()

    @property
    def certificate(self):
        return read_certificate(self.folder / "tls.pem")

    def answer(self, message, *, authority=None, name=TERMINAL, key=CENTRE_KEY, days=20, **changes):
        envelope = wire.read_envelope(message)
        wire.unseal(envelope, MessageKind.RENEWAL, RenewalRequest, TERMINAL_KEY.public)
        signer = (authority or self.authority).authority
        lifetime = dt.timedelta(days=days)
        pem = signer.issue_for(read_request(envelope.body), name, CertificateKind.TERMINAL, lifetime)
        return seal_answer(pem, None, **{"terminal": TERMINAL, "realm": Realm.LIVE, "key": key, **changes})


@pytest.fixture
def authority(tmp_path):
    (tmp_path / "authority").mkdir()
    return LiveAuthority(tmp_path / "authority")


@pytest.fixture
def terminal(tmp_path, authority):
    return Terminal(tmp_path / "terminal", authority)


def test_nothing_is_asked_before_half_of_the_life_is_over(terminal):
    assert terminal.renewal.request_due() is None
    assert terminal.pass_by(HALF_S - 100) is None
    assert terminal.renewal.days_left == 5
    message = terminal.pass_by(200)
    assert validate(wire.topic("up", "07", TERMINAL, "renewal"), message) == "renewal"


def test_a_terminal_that_wakes_up_in_1970_asks_for_nothing(terminal):
    terminal.now_s = 1000.0
    terminal.begin()
    assert terminal.renewal.request_due() is None


def test_the_answer_takes_the_place_of_the_old_pair(terminal):
    message = terminal.pass_by(HALF_S + 1)
    answer = terminal.answer(message)
    assert validate(wire.topic("down", TERMINAL, "certificate"), answer) == "certificate"
    before = terminal.certificate
    assert terminal.renewal.take(answer)
    assert terminal.certificate != before
    assert terminal.renewal.days_left == 20 - 5
    assert terminal.pass_by(FIRST_PAUSE_S) is None
    assert not terminal.renewal.take(answer)  # doubled by the broker


def test_an_unanswered_request_is_sent_again_with_the_same_key_and_growing_pauses(terminal):
    asked = [terminal.pass_by(HALF_S + 1)]
    waited = [0.0]
    while len(asked) < 12:
        waited[-1] += 10
        if message := terminal.pass_by(10):
            asked.append(message)
            waited.append(0.0)
    assert FIRST_PAUSE_S / 2 <= waited[0] <= FIRST_PAUSE_S + 10
    assert LONGEST_PAUSE_S / 2 <= waited[10] <= LONGEST_PAUSE_S + 10
    keys = {read_request(wire.read_envelope(one).body).public_key().public_numbers() for one in asked}
    assert len(keys) == 1


def test_a_restart_asks_with_the_same_key_too(terminal):
    first = terminal.pass_by(HALF_S + 1)
    terminal.begin()
    second = terminal.renewal.request_due()
    bodies = [wire.read_envelope(one).body for one in (first, second)]
    assert read_request(bodies[0]).public_key() == read_request(bodies[1]).public_key()


def test_only_what_the_centre_signed_for_this_terminal_and_key_is_taken(terminal, tmp_path):
    (tmp_path / "other").mkdir()
    message = terminal.pass_by(HALF_S + 1)
    before = terminal.certificate
    for answer in (
        b"junk",
        terminal.answer(message, key=STRANGER_KEY),
        terminal.answer(message, terminal="gate-2"),
        terminal.answer(message, realm=Realm.DEMO),
        terminal.answer(message, name="gate-2"),
        terminal.answer(message, authority=LiveAuthority(tmp_path / "other")),
        terminal.answer(message, days=1),  # ends before the one in use
        seal_answer(b"none", None, terminal=TERMINAL, realm=Realm.LIVE, key=CENTRE_KEY),
        seal_answer(
            (terminal.authority.folder / f"{TERMINAL}.pem").read_bytes(),
            None,
            terminal=TERMINAL,
            realm=Realm.LIVE,
            key=CENTRE_KEY,
        ),
    ):
        assert not terminal.renewal.take(answer)
        assert terminal.certificate == before
    assert terminal.renewal.take(terminal.answer(message))


def test_a_refusal_is_told_to_staff_and_asked_again_much_later(terminal):
    terminal.pass_by(HALF_S + 1)
    refusal = seal_answer(b"", RenewalRefusal.TOO_MANY, terminal=TERMINAL, realm=Realm.LIVE, key=CENTRE_KEY)
    assert validate(wire.topic("down", TERMINAL, "certificate"), refusal) == "certificate"
    assert not terminal.renewal.take(refusal)
    assert "ends in 5 days and was not renewed" in in_english(terminal.renewal.trouble)
    assert "too_many" in in_english(terminal.renewal.trouble)
    message = terminal.pass_by(2 * FIRST_PAUSE_S)
    assert terminal.pass_by(2 * FIRST_PAUSE_S) is None
    assert terminal.renewal.take(terminal.answer(message))
    assert terminal.renewal.trouble is None


def test_a_folder_that_refuses_a_new_key_is_told_and_tried_again(terminal, monkeypatch):
    (terminal.folder / "tls.key.next").mkdir()
    assert terminal.pass_by(HALF_S + 1) is None
    assert "Is a directory" in in_english(terminal.renewal.trouble)
    (terminal.folder / "tls.key.next").rmdir()
    assert terminal.pass_by(FIRST_PAUSE_S) is not None


def test_a_centre_that_is_back_is_asked_at_once(terminal):
    assert terminal.pass_by(HALF_S + 1) is not None
    assert terminal.pass_by(1) is None
    terminal.renewal.on_centre_back()
    assert terminal.pass_by(1) is not None


def test_a_broker_that_hangs_up_on_a_good_certificate_is_told_as_that(terminal):
    assert in_english(terminal.renewal.why_refused("broker:8883")) == (
        "The broker broker:8883 hung up: it may not accept the certificate of this terminal. "
        "Check-ins are kept here. Call the centre if this stays."
    )


def test_an_ended_certificate_is_known_as_such(terminal):
    terminal.pass_by(11 * DAY_S)
    assert "has ended" in in_english(terminal.renewal.why_refused("broker:8883"))
    assert terminal.renewal.days_left == 0


def test_an_unreadable_certificate_asks_for_nothing(terminal):
    (terminal.folder / "tls.pem").write_text("torn")
    terminal.begin()
    assert terminal.renewal.request_due() is None
    assert terminal.renewal.days_left is None


def test_the_request_proves_that_the_terminal_holds_the_key(terminal):
    request = read_request(wire.read_envelope(terminal.pass_by(HALF_S + 1)).body)
    assert request.is_signature_valid
    assert isinstance(request, x509.CertificateSigningRequest)
    assert len(request.public_bytes(Encoding.DER)) < 500
