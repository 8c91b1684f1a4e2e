"""A terminal's folder and a centre's HTTPS address, joined by a real socket: what can happen between them."""

import contextlib
import datetime as dt
import functools
import http.client
import shutil
import socket
import ssl
import stat
import threading
import tomllib

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connections

from foundation.clock import SharedClock
from foundation.durable import UNFINISHED, unfinished_of
from foundation.settings import shipped
from foundation.words import Words
from kiosk.provisioning import enrolment_files
from kiosk.provisioning.enrol import Enrolling
from kiosk.provisioning.enrolment_line import CentreAddress
from kiosk.settings import KioskFiles
from settlement.authority.certificates import open_authority
from settlement.enrolment import approval
from settlement.enrolment.server import EnrolmentServer, open_context
from settlement.enrolment.tokens import add_terminal, authority_fingerprint, renew_terminal
from settlement.models import EnrolmentToken, RefusedEnrolment, Terminal, TerminalRequest
from sync.contract.enrolment import AUTHORITY_PATH, MAX_BYTES, REQUEST_PATH, EnrolmentError, EnrolmentRefusal
from sync.contract.enrolment_token import EnrolmentToken as Token
from sync.contract.pseudonym import load_key
from sync.contract.signing import SigningKey
from sync.line import certificate_authority
from sync.line.authority_key import private_pem
from sync.line.certificate_authority import CertificateKind
from tests.settlement.actors import actor
from tests.sync.patience import until
from tests.sync.samples import open_log
from tests.sync.small_disk import fill, small_disk

HOST = "127.0.0.1"


@pytest.fixture
def server(shared_db, centre_settings, settings, tmp_path, noon_ms):
    """The centre's address on a free port; its clock stands at noon."""
    clock = SharedClock.create(tmp_path / "centre-clock", noon_ms)
    any_port = msgspec.structs.replace(centre_settings.enrolment, port=0)
    free = msgspec.structs.replace(centre_settings, enrolment=any_port)
    running = EnrolmentServer(free, open_authority(free), clock, open_context(free))
    at_port = msgspec.structs.replace(centre_settings.enrolment, port=running.server_port)
    settings.CENTRE = running.settings = msgspec.structs.replace(centre_settings, enrolment=at_port)
    serving = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield running
    running.shutdown()
    running.server_close()
    serving.join()


@pytest.fixture
def token(server, site, noon_ms):
    def _token(name="lantern-1"):
        return add_terminal(name, "north", 60, actor("Zhao"), noon_ms, settings=server.settings)

    return _token


class Folder:
    """A terminal's folder with the shipped settings, and what its screen said."""

    def __init__(self, folder):
        folder.mkdir(exist_ok=True)
        self.config = folder / "kiosk.toml"
        text = shipped("kiosk.toml").read_text(encoding="utf-8")
        text = text.replace("/var/lib/muster", str(folder / "state"))
        self.config.write_text(text, encoding="utf-8")
        self.said = []
        self.pauses = 0
        self.meanwhile = lambda: None

    def pause(self, _seconds):
        self.pauses += 1
        if self.pauses > 20:
            raise TimeoutError
        self.meanwhile()

    def enrolling(self, language="en", show=None):
        return Enrolling(self.config, Words(language), self.said.append, self.pause, show)

    def enrol(self, token, **more):
        return self.enrolling().with_token(token if isinstance(token, str) else token.text(), **more)

    def refused(self, call, *given, **more):
        with pytest.raises(EnrolmentError) as caught:
            call(*given, **more)
        return caught.value.code

    @property
    def files(self):
        return KioskFiles(self.config)

    def is_enrolled(self, server, name="lantern-1"):
        """Whether all lies in its place and fits together."""
        settings, row = self.files.settings, Terminal.objects.get(id=name)
        key = self.files.identity().key
        broker = self.files.broker()
        context = ssl.create_default_context(cafile=broker.ca_file)
        context.load_cert_chain(broker.certificate_file, broker.key_file)
        assert settings.terminal == name
        assert f"{settings.bucket:02d}" == row.bucket
        assert key.public.raw.hex() == row.public_key
        assert (broker.host, broker.port) == (HOST, 8883)
        signing = SigningKey.load(server.settings.path(server.settings.signing_key_file))
        assert settings.centre_key == signing.public.raw.hex()
        assert self.files.pseudonym_key() == load_key(server.settings.path("pseudonym.key"))
        assert not (self.config.parent / "enrolment.pending").exists()
        assert not list(self.config.parent.rglob(f"*{UNFINISHED}"))
        return True


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "terminal")


def test_a_terminal_enrols_with_the_token_that_was_typed(folder, token, server):
    granted = folder.enrol(token().text().lower())
    assert folder.is_enrolled(server)
    assert (granted.site, granted.zone) == ("North gate", "Asia/Shanghai")
    words = TerminalRequest.objects.get().words
    assert folder.said[0] == f"Six words of this terminal’s key: {words}"
    assert folder.said[1].startswith("This terminal is lantern-1 now, at North gate (Asia/Shanghai)")


def test_all_else_in_the_settings_stays_as_it_is(folder, token):
    before = folder.config.read_text(encoding="utf-8")
    folder.enrol(token())
    after = folder.config.read_text(encoding="utf-8")
    changed = {
        line.partition(" = ")[0]
        for line, other in zip(before.splitlines(), after.splitlines(), strict=True)
        if line != other
    }
    assert changed == {"terminal", "bucket", "centre_key", "host"} - (
        {"bucket"} if tomllib.loads(after)["bucket"] == 0 else set()
    )


def test_the_files_are_for_those_who_need_them(folder, token):
    folder.enrol(token())

    def mode(path):
        return stat.S_IMODE(path.stat().st_mode)

    here, state = folder.config.parent, folder.config.parent / "state"
    shared = [here / "ca.pem", here / "terminal.key", state / "terminal.pem", state / "terminal-tls.key"]
    assert {mode(path) for path in shared} == {0o640}
    assert mode(folder.files.path(folder.files.settings.pseudonym_key_file)) == 0o600


def test_settings_that_are_not_there_yet_are_the_shipped_ones(token, server, tmp_path, monkeypatch):
    folder = Folder(tmp_path / "terminal")
    text = tmp_path / "kiosk.toml"
    shutil.move(folder.config, text)
    monkeypatch.setattr(enrolment_files, "shipped", lambda _name: text)
    folder.enrol(token())
    assert folder.is_enrolled(server)


def test_a_used_token_is_refused_and_the_centre_knows(folder, token, server, tmp_path):
    made = token()
    folder.enrol(made)
    other = Folder(tmp_path / "other")
    assert other.refused(other.enrol, made) == EnrolmentRefusal.USED
    assert RefusedEnrolment.objects.get().refusal == EnrolmentRefusal.USED
    assert other.refused(other.enrolling().go_on) == EnrolmentRefusal.NOT_BEGUN
    other.enrol(token("lantern-2"))
    assert other.is_enrolled(server, "lantern-2")


def test_an_expired_token_is_refused_and_another_one_works(folder, token, server, noon_ms):
    made = token()
    EnrolmentToken.objects.update(ends_ms=noon_ms)
    assert folder.refused(folder.enrol, made) == EnrolmentRefusal.EXPIRED
    folder.enrol(token())
    assert folder.is_enrolled(server)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MUSTER1.ABC", EnrolmentRefusal.MISTYPED),
        ("hello", EnrolmentRefusal.NO_TOKEN),
        ("", EnrolmentRefusal.NO_TOKEN),
    ],
)
def test_a_mistyped_token_is_told_before_anything_is_made(folder, text, code):
    assert folder.refused(folder.enrol, text) == code
    assert not (folder.config.parent / "enrolment.pending").exists()


def test_a_token_of_another_centre_is_refused_by_its_fingerprint_and_nothing_is_told(folder, token, server):
    made = token()
    foreign = Token(made.secret, bytes(32), made.ends_min, made.port, made.terminal, made.host)
    assert folder.refused(folder.enrol, foreign) == EnrolmentRefusal.OTHER_CENTRE
    assert not TerminalRequest.objects.exists()
    assert not RefusedEnrolment.objects.exists()
    folder.enrol(made)
    assert folder.is_enrolled(server)


def test_who_shows_the_right_authority_without_its_key_is_told_nothing(folder, token, server, tmp_path):
    """Somebody between: hands the centre's authority on, but its own certificate is its own."""
    made = token()
    key = ec.generate_private_key(ec.SECP256R1())
    stranger = certificate_authority.CertificateAuthority.make("stranger", key, dt.timedelta(days=9))
    server.renew_context(context_of(stranger, tmp_path))
    assert folder.refused(folder.enrol, made) == EnrolmentRefusal.OTHER_CENTRE
    assert not TerminalRequest.objects.exists()


def test_something_else_at_that_port_is_told(folder, token, server):
    made = token()
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]

        def speak_no_tls():
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"220 mail.example.org\r\n")

        other = threading.Thread(target=speak_no_tls)
        other.start()
        moved = Token(made.secret, made.fingerprint, made.ends_min, port, made.terminal, made.host)
        assert folder.refused(folder.enrol, moved) == EnrolmentRefusal.OTHER_CENTRE
        other.join()


def test_a_centre_that_is_away_is_told_and_the_same_token_works_later(folder, token, server):
    made = token()
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    away = Token(made.secret, made.fingerprint, made.ends_min, port, made.terminal, made.host)
    assert folder.refused(folder.enrol, away) == EnrolmentRefusal.UNREACHABLE
    assert (folder.config.parent / "enrolment.pending").exists()


def context_of(authority, folder, lifetime=dt.timedelta(days=9)):
    key = ec.generate_private_key(ec.SECP256R1())
    pem = authority.issue_for(key.public_key(), "enrolment", CertificateKind.SERVER, lifetime, (HOST,))
    (folder / "other.pem").write_bytes(pem + private_pem(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "other.pem")
    return context


def test_a_clock_in_1970_is_told_and_it_goes_on_once_the_time_is_there(
    folder, token, server, tmp_path, monkeypatch
):
    """The other way round, as nobody can set this machine's clock: certificates that begin in two days."""
    made, good = token(), open_context(server.settings)
    monkeypatch.setattr(certificate_authority, "BACKDATED", dt.timedelta(days=-2))
    server.renew_context(context_of(server.authority, tmp_path))

    def time_comes():
        assert not TerminalRequest.objects.exists()
        if folder.pauses == 3:
            server.renew_context(good)

    folder.meanwhile = time_comes
    folder.enrol(made)
    assert folder.is_enrolled(server)
    told = [line for line in folder.said if "clock says" in line]
    assert len(told) == 1
    assert "timedatectl" in told[0]


def test_a_clock_that_is_far_ahead_is_told(folder, token, server, tmp_path):
    made = token()
    server.renew_context(context_of(server.authority, tmp_path, dt.timedelta(hours=-1)))
    assert folder.refused(folder.enrol, made) == EnrolmentRefusal.CLOCK_AHEAD


def test_keys_in_use_are_not_given_up_unasked(folder, token, server, noon_ms):
    folder.enrol(token())
    before = folder.files.identity().key.public.raw
    made = renew_terminal("lantern-1", 60, actor("Zhao"), noon_ms, settings=server.settings)
    assert folder.refused(folder.enrol, made) == EnrolmentRefusal.KEYS_IN_USE
    assert folder.files.identity().key.public.raw == before
    folder.enrol(made, again=True)
    assert folder.is_enrolled(server)
    assert folder.files.identity().key.public.raw != before


def test_a_renewal_that_was_under_way_does_not_bring_the_old_keys_back(folder, token, server, noon_ms):
    folder.enrol(token())
    state = folder.config.parent / "state"
    for name in ("terminal.pem", "terminal-tls.key"):
        shutil.copy(state / name, state / f"{name}.next")
    made = renew_terminal("lantern-1", 60, actor("Zhao"), noon_ms, settings=server.settings)
    folder.enrol(made, again=True)
    assert folder.is_enrolled(server)
    assert not list(folder.config.parent.rglob("*.next"))


def test_a_place_for_the_certificate_that_the_settings_name_is_kept(folder, token, server):
    place = folder.config.parent / "tls"
    text = folder.config.read_text(encoding="utf-8")
    state = folder.config.parent / "state"
    text = text.replace(f'"{state}/terminal.pem"', f'"{place}/a.pem"')
    text = text.replace(f'"{state}/terminal-tls.key"', f'"{place}/a.key"')
    folder.config.write_text(text, encoding="utf-8")
    folder.enrol(token())
    assert folder.is_enrolled(server)
    assert sorted(path.name for path in place.iterdir()) == ["a.key", "a.pem"]


def test_a_log_of_another_name_is_not_made_worthless(folder, token, server):
    log = folder.files.log_file
    log.parent.mkdir(parents=True, exist_ok=True)
    open_log(log, "river-9").close()
    made = token()
    with pytest.raises(EnrolmentError, match="is that of river-9") as caught:
        folder.enrol(made)
    assert caught.value.code == EnrolmentRefusal.OTHER_LOG
    log.unlink()
    folder.enrol(made)
    assert folder.is_enrolled(server)


def test_a_log_of_this_name_goes_on_whatever_the_settings_say(folder, token, server):
    log = folder.files.log_file
    log.parent.mkdir(parents=True, exist_ok=True)
    open_log(log, "lantern-1").close()
    folder.enrol(token())
    assert folder.is_enrolled(server)


class PowerCut(BaseException):
    """Nothing of ours catches it."""


@pytest.mark.parametrize("written", range(8))
def test_a_power_cut_at_any_moment_leaves_what_the_next_attempt_goes_on_with(
    folder, token, server, monkeypatch, written
):
    made, put, done = token(), enrolment_files.put, []

    def put_and_die(path, *given, **more):
        if len(done) == written:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished_of(path).write_bytes(b"half of i")
            raise PowerCut
        done.append(path)
        put(path, *given, **more)

    monkeypatch.setattr(enrolment_files, "put", put_and_die)
    with pytest.raises(PowerCut):
        folder.enrol(made)
    monkeypatch.setattr(enrolment_files, "put", put)
    folder.enrol(made)
    assert folder.is_enrolled(server)
    assert Terminal.objects.count() == 1
    assert not RefusedEnrolment.objects.exists()


def test_there_are_eight_moments_to_cut_the_power(folder, token, monkeypatch):
    put, done = enrolment_files.put, []
    monkeypatch.setattr(
        enrolment_files, "put", lambda path, *given, **more: (done.append(path), put(path, *given, **more))
    )
    folder.enrol(token())
    assert len(done) == 8


def test_an_answer_that_was_lost_is_asked_for_again(folder, token, server, monkeypatch):
    made = token()
    enrolling = folder.enrolling()
    monkeypatch.setattr(enrolling, "_take_up", lambda *_: (_ for _ in ()).throw(PowerCut))
    with pytest.raises(PowerCut):
        enrolling.with_token(made.text())
    assert Terminal.objects.count() == 1
    folder.enrol(made)
    assert folder.is_enrolled(server)


def test_a_full_disk_is_told_and_the_next_attempt_goes_on(token, server, tmp_path):
    made = token()
    with small_disk(tmp_path / "disk") as disk:
        folder = Folder(disk / "terminal")
        filler = fill(disk, 12_000)
        assert folder.refused(folder.enrol, made) == EnrolmentRefusal.NOT_WRITTEN
        assert Terminal.objects.count() == 1
        filler.unlink()
        folder.enrol(made)
        assert folder.is_enrolled(server)


def test_a_disk_that_was_copied_while_it_enrolled_does_not_share_its_keys(
    folder, token, server, tmp_path, monkeypatch
):
    made = token()
    server.renew_context(context_of(server.authority, tmp_path, dt.timedelta(hours=-1)))
    folder.refused(folder.enrol, made)
    copy = Folder(tmp_path / "copy")
    shutil.copy(folder.config.parent / "enrolment.pending", copy.config.parent)
    server.renew_context(open_context(server.settings))
    folder.enrol(made)
    serial = tmp_path / "serial-number"
    serial.write_bytes(b"another board")
    monkeypatch.setattr(enrolment_files, "_MACHINE_FILES", (serial, tmp_path / "none"))
    assert copy.refused(copy.enrolling().go_on) == EnrolmentRefusal.NOT_BEGUN
    assert copy.refused(copy.enrol, made) == EnrolmentRefusal.USED
    assert RefusedEnrolment.objects.get().terminal == "lantern-1"


def test_a_copy_of_an_enrolled_disk_gets_keys_of_its_own(folder, token, server, tmp_path):
    folder.enrol(token())
    copy = Folder(tmp_path / "copy")
    shutil.copytree(folder.config.parent, copy.config.parent, dirs_exist_ok=True)
    other = token("lantern-2")
    assert copy.refused(copy.enrol, other) == EnrolmentRefusal.KEYS_IN_USE
    copy.enrol(other, again=True)
    assert copy.is_enrolled(server, "lantern-2")
    assert folder.is_enrolled(server, "lantern-1")


def test_a_person_at_the_centre_approves_a_terminal_that_shows_a_code(folder, server, site, noon_ms):
    address = CentreAddress(HOST, server.server_port, authority_fingerprint(server.settings))
    shown = []

    def somebody_approves():
        row = TerminalRequest.objects.get()
        assert f"Six words of this terminal’s key: {row.words}" in folder.said
        if folder.pauses == 2:
            approval.approve(
                row,
                "lantern-1",
                "north",
                actor("Li"),
                noon_ms,
                settings=server.settings,
                authority=server.authority,
            )

    folder.meanwhile = somebody_approves
    folder.enrolling(show=shown.append).by_approval(address)
    assert folder.is_enrolled(server)
    assert shown == [f"muster terminal approve {TerminalRequest.objects.get().code}"]


def test_who_is_declined_may_ask_again_as_somebody_new(folder, server, site, noon_ms):
    address = CentreAddress(HOST, server.server_port, authority_fingerprint(server.settings))
    folder.meanwhile = lambda: approval.decline(TerminalRequest.objects.get(), actor("Li"), noon_ms)
    assert folder.refused(folder.enrolling().by_approval, address) == EnrolmentRefusal.DECLINED
    folder.meanwhile = lambda: approval.approve(
        TerminalRequest.objects.get(state="waiting"),
        "lantern-1",
        "north",
        actor("Li"),
        noon_ms,
        settings=server.settings,
        authority=server.authority,
    )
    folder.enrolling().by_approval(address)
    assert folder.is_enrolled(server)


def test_which_centre_is_asked_stands_in_the_settings_or_on_the_command_line(folder):
    enrolling = folder.enrolling()
    assert enrolling.centre("[2001:db8::1]:8470", "ab" * 32) == CentreAddress(
        "2001:db8::1", 8470, b"\xab" * 32
    )
    for address, fingerprint in (("", ""), ("host", "ab" * 32), ("host:1", "ab"), ("host:99999", "ab" * 32)):
        assert folder.refused(enrolling.centre, address, fingerprint) == EnrolmentRefusal.NO_CENTRE
    text = folder.config.read_text(encoding="utf-8")
    text = text.replace(
        'address = ""\nfingerprint = ""', f'address = "host:8470"\nfingerprint = "{"cd" * 32}"'
    )
    folder.config.write_text(text, encoding="utf-8")
    assert folder.enrolling().centre("", "") == CentreAddress("host", 8470, b"\xcd" * 32)


@pytest.mark.parametrize("language", ["zh-Hans", "ar"])
def test_it_speaks_the_persons_language(folder, token, language):
    folder.enrolling(language).with_token(token().text())
    assert folder.said[-1] == Words(language).say("enrolling-next")


def line_to(server):
    context = ssl.create_default_context(cadata=server.authority.pem.decode())
    return http.client.HTTPSConnection(HOST, server.server_port, timeout=20, context=context)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {}, 404),
        ("GET", REQUEST_PATH, {}, 404),
        ("POST", "/", {"Content-Length": "0"}, 404),
        ("POST", AUTHORITY_PATH, {"Content-Length": "0"}, 404),
        ("POST", REQUEST_PATH, {"Content-Length": "-1"}, 411),
        ("POST", REQUEST_PATH, {"Content-Length": str(MAX_BYTES + 1)}, 413),
        ("POST", REQUEST_PATH, {"Content-Length": "9" * 30}, 413),
        ("PUT", REQUEST_PATH, {}, 501),
    ],
)
def test_the_address_has_no_other_page(server, method, path, headers, status):
    with contextlib.closing(line_to(server)) as line:
        line.putrequest(method, path)
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders()
        response = line.getresponse()
        assert (response.status, response.read()) == (status, b"")
        assert "Server" not in response.headers


def test_who_asks_too_often_is_told_to_wait(server, monkeypatch):
    at_once = functools.partial(server.limit.allows, now_s=0.0)
    monkeypatch.setattr(server.limit, "allows", lambda address, _now_s: at_once(address))
    statuses = []
    for _ in range(70):
        with contextlib.closing(line_to(server)) as line:
            line.request("GET", "/")
            statuses.append(line.getresponse().status)
    assert statuses[0] == 404
    assert statuses[-1] == 429


def test_a_terminal_that_asks_too_often_is_told(folder, token, server, monkeypatch):
    monkeypatch.setattr(server.limit, "allows", lambda *_: False)
    assert folder.refused(folder.enrol, token()) == EnrolmentRefusal.BUSY


def test_silent_connections_keep_nobody_out_for_long(server, monkeypatch):
    """More connections than threads: the ones too many are cut at once, the others in their time."""
    monkeypatch.setattr("settlement.enrolment.server._CONNECTION_S", 0.2)
    silent = [socket.create_connection((HOST, server.server_port)) for _ in range(30)]
    for one in silent:
        one.settimeout(20)
        with contextlib.suppress(ConnectionResetError):
            assert one.recv(1) == b""
        one.close()
    monkeypatch.setattr("settlement.enrolment.server._CONNECTION_S", 20)
    until(lambda: authority_told_by(server) == server.authority.pem)


def authority_told_by(server):
    """What the address says, nothing while it is busy."""
    with contextlib.closing(line_to(server)) as line, contextlib.suppress(OSError):
        line.request("GET", AUTHORITY_PATH)
        return line.getresponse().read()


def test_a_terminal_without_a_network_enrols_by_files(folder, token, server, tmp_path, noon_ms):
    from settlement.enrolment.requests import answer_request

    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    assert folder.refused(folder.enrolling().take_reply, reply) == EnrolmentRefusal.NOT_BEGUN
    folder.enrolling().write_request(token().text(), request)
    assert "muster terminal answer" in folder.said[-1]
    answer = answer_request(
        request.read_bytes(), "", noon_ms, settings=server.settings, authority=server.authority
    )
    assert f"--reply-file {reply}" in folder.said[-1]
    assert folder.refused(folder.enrolling().take_reply, reply) == EnrolmentRefusal.NO_REPLY
    reply.write_bytes(b"nonsense")
    assert folder.refused(folder.enrolling().take_reply, reply) == EnrolmentRefusal.NO_REPLY
    reply.write_bytes(msgspec.json.encode(answer))
    folder.enrolling().take_reply(reply)
    assert folder.is_enrolled(server)


def test_a_reply_for_another_terminal_is_refused(folder, token, server, tmp_path, noon_ms):
    from settlement.enrolment.requests import answer_request

    other = Folder(tmp_path / "other")
    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    other.enrolling().write_request(token("lantern-2").text(), request)
    answer = answer_request(
        request.read_bytes(), "", noon_ms, settings=server.settings, authority=server.authority
    )
    reply.write_bytes(msgspec.json.encode(answer))
    folder.enrolling().write_request(token().text(), request)
    assert folder.refused(folder.enrolling().take_reply, reply) == EnrolmentRefusal.OTHER_REQUEST
    assert (folder.config.parent / "enrolment.pending").exists()


@pytest.fixture(autouse=True)
def _closed():
    yield
    connections.close_all()
