"""A terminal's certificate, issued by a real authority: its name, its key, its authority, its days."""

import dataclasses
import datetime as dt
import shutil

import pytest

from kiosk.checkup.certificate import judge_certificate, look_at_certificate
from kiosk.checkup.check import Mark
from kiosk.settings import KioskFiles
from tests.kiosk.checkup.said import codes
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.live_authority import LiveAuthority
from tests.sync.samples import TERMINAL

LONG = dt.timedelta(days=90)


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    LiveAuthority(tmp_path).issue(TERMINAL, lifetime=LONG)
    (tmp_path / f"{TERMINAL}.key").chmod(0o640)
    text = folder.settings.read_text()
    named = (
        f'[broker]\nca_file = "ca.pem"\ncertificate_file = "{TERMINAL}.pem"\nkey_file = "{TERMINAL}.key"\n'
    )
    folder.settings.write_text(text.replace("[broker]\n", named))
    yield folder
    folder.scanner.unplug()


def look(terminal):
    return look_at_certificate(KioskFiles(terminal.settings))


def judged(terminal):
    return judge_certificate(look(terminal))


def test_a_certificate_that_fits_is_told_with_its_days(terminal):
    check = judged(terminal)
    assert check.mark is Mark.GOOD
    assert check.said.arguments == {"name": TERMINAL, "count": 89}


def test_without_certificates_the_line_is_not_encrypted(terminal):
    text = terminal.settings.read_text()
    terminal.settings.write_text(text.replace('ca_file = "ca.pem"\n', ""))
    assert codes(judged(terminal)) == {"line_not_encrypted": "look"}


def test_a_certificate_of_another_terminal_is_told(terminal):
    terminal.set(terminal="gate-2")
    check = judged(terminal)
    assert codes(check) == {"certificate_of_other": "broken"}
    assert check.findings[0].trouble.arguments == {"name": TERMINAL, "terminal": "gate-2"}


def test_a_key_of_another_certificate_is_told(terminal, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    LiveAuthority(other).issue(TERMINAL)
    shutil.copy(other / f"{TERMINAL}.key", tmp_path)
    (tmp_path / f"{TERMINAL}.key").chmod(0o600)
    assert codes(judged(terminal)) == {"certificate_without_key": "broken"}


def test_another_authority_is_told(terminal, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    LiveAuthority(other)
    shutil.copy(other / "ca.pem", tmp_path)
    assert codes(judged(terminal)) == {"certificate_by_other": "broken"}


@pytest.mark.parametrize("name", ["ca.pem", f"{TERMINAL}.pem", f"{TERMINAL}.key"])
def test_each_file_that_is_missing_is_named(terminal, tmp_path, name):
    (tmp_path / name).unlink()
    check = judged(terminal)
    assert codes(check) == {"file_missing": "broken"}
    assert check.findings[0].trouble.arguments["path"] == str(tmp_path / name)


def test_a_key_that_everybody_may_read_is_told_and_a_certificate_is_not(terminal, tmp_path):
    (tmp_path / f"{TERMINAL}.pem").chmod(0o644)
    (tmp_path / f"{TERMINAL}.key").chmod(0o644)
    assert codes(judged(terminal)) == {"key_open_to_all": "broken"}


def test_a_file_that_is_no_certificate_is_told(terminal, tmp_path):
    (tmp_path / f"{TERMINAL}.pem").write_text("certainly not")
    assert codes(judged(terminal)) == {"certificate_not_readable": "broken"}


def at(seen, moment):
    return judge_certificate(dataclasses.replace(seen, now=moment))


def test_days_decide_from_before_it_begins_until_it_is_over(terminal):
    seen = look(terminal)
    begins, ends, second = seen.paper.begins, seen.paper.ends, dt.timedelta(seconds=1)
    assert codes(at(seen, begins - second)) == {"certificate_not_begun": "broken"}
    assert codes(at(seen, begins)) == {}
    assert codes(at(seen, ends - dt.timedelta(days=31))) == {}
    assert codes(at(seen, ends - dt.timedelta(days=31) + second)) == {"certificate_near_end": "look"}
    assert codes(at(seen, ends - second)) == {"certificate_near_end": "look"}
    assert codes(at(seen, ends)) == {"certificate_over": "broken"}


def test_a_clock_of_1970_makes_the_certificate_one_that_is_not_valid_yet(terminal):
    assert codes(at(look(terminal), dt.datetime(1970, 1, 1, tzinfo=dt.UTC))) == {
        "certificate_not_begun": "broken"
    }
