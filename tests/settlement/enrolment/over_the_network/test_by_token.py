"""A terminal's folder and a centre's HTTPS address, joined by a real socket: enrolment by a token."""

import contextlib
import datetime as dt
import shutil
import socket
import stat
import threading
import tomllib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from foundation.words import Words
from kiosk.provisioning import enrolment_files
from settlement.enrolment.server import open_context
from settlement.models import EnrolmentToken, RefusedEnrolment, TerminalRequest
from sync.contract.enrolment import EnrolmentRefusal
from sync.contract.enrolment_token import EnrolmentToken as Token
from sync.line import certificate_authority
from tests.settlement.enrolment.over_the_network.terminal_folder import HOST, Folder, context_of


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


@pytest.mark.parametrize("language", ["zh-Hans", "ar"])
def test_it_speaks_the_persons_language(folder, token, language):
    folder.enrolling(language).with_token(token().text())
    assert folder.said[-1] == Words(language).say("enrolling-next")
