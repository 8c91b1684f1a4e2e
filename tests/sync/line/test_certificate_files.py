"""Replacing a key and its certificate, with the power cut at every step."""

import itertools
import shutil
from pathlib import Path

import pytest
from cryptography import x509

from foundation.durable import unfinished_of
from foundation.errors import SettingsError
from sync.contract.renewal import pem_of
from sync.line import certificate_files as module
from sync.line.authority_key import open_key
from sync.line.certificate_authority import CertificateKind, read_certificate
from sync.line.certificate_files import CertificateFiles
from sync.line.certificate_request import make_key
from tests.sync.live_authority import TEN_DAYS, LiveAuthority


class PowerCutError(Exception):
    """Everything stops here."""


@pytest.fixture
def authority(tmp_path):
    (tmp_path / "authority").mkdir()
    return LiveAuthority(tmp_path / "authority")


@pytest.fixture
def terminal(tmp_path, authority):
    """A terminal's folder with its first pair."""
    folder = tmp_path / "terminal"
    folder.mkdir()
    authority.issue("gate-1")
    for end in ("pem", "key"):
        shutil.copy(authority.folder / f"gate-1.{end}", folder / f"tls.{end}")
    return folder


def files_in(folder) -> CertificateFiles:
    return CertificateFiles(folder / "tls.pem", folder / "tls.key")


def certify(authority, key) -> x509.Certificate:
    pem = authority.authority.issue_for(key.public_key(), "gate-1", CertificateKind.TERMINAL, TEN_DAYS)
    return x509.load_pem_x509_certificate(pem)


def fits(folder) -> bool:
    return read_certificate(folder / "tls.pem").public_key() == open_key(str(folder / "tls.key")).public_key()


def renew(folder, authority) -> None:
    files = files_in(folder)
    certificate = certify(authority, files.waiting_key())
    assert files.take_up(certificate, pem_of(certificate))


def cut_power_at(step, monkeypatch):
    """Let the step-th change of the disk be the last, half done where that can be."""
    steps = itertools.count()
    write, rename = module.replace_file, Path.rename

    def torn_write(path, content, mode):
        if next(steps) == step:
            unfinished_of(path).write_bytes(content[: len(content) // 2])
            raise PowerCutError
        write(path, content, mode)

    def no_rename(self, target):
        if next(steps) == step:
            raise PowerCutError
        return rename(self, target)

    monkeypatch.setattr(module, "replace_file", torn_write)
    monkeypatch.setattr(Path, "rename", no_rename)


def test_a_renewal_replaces_both_and_leaves_nothing_behind(terminal, authority):
    before = read_certificate(terminal / "tls.pem")
    renew(terminal, authority)
    assert fits(terminal)
    assert read_certificate(terminal / "tls.pem") != before
    assert sorted(path.name for path in terminal.iterdir()) == ["tls.key", "tls.pem"]
    assert (terminal / "tls.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("step", range(5))
def test_a_power_cut_at_any_step_leaves_a_pair_and_the_next_try_works(terminal, authority, monkeypatch, step):
    before = read_certificate(terminal / "tls.pem")
    with monkeypatch.context() as power:
        cut_power_at(step, power)
        if step < 4:
            with pytest.raises(PowerCutError):
                renew(terminal, authority)
        else:  # the four changes of the disk are all there are
            renew(terminal, authority)
    files_in(terminal).settle()
    assert fits(terminal)
    was_replaced = read_certificate(terminal / "tls.pem") != before
    assert was_replaced == (step >= 2)
    renew(terminal, authority)
    assert fits(terminal)


@pytest.mark.parametrize("step", range(2))
def test_a_power_cut_while_settling_is_settled_by_the_next_start(terminal, authority, monkeypatch, step):
    with monkeypatch.context() as power:
        cut_power_at(2, power)
        with pytest.raises(PowerCutError):
            renew(terminal, authority)
    with monkeypatch.context() as power:
        cut_power_at(step, power)
        with pytest.raises(PowerCutError):
            files_in(terminal).settle()
    files_in(terminal).settle()
    assert fits(terminal)
    assert sorted(path.name for path in terminal.iterdir()) == ["tls.key", "tls.pem"]


def test_a_certificate_replaced_before_its_key_is_settled_too(terminal, authority):
    """As somebody may do by hand."""
    files = files_in(terminal)
    certificate = certify(authority, files.waiting_key())
    (terminal / "tls.pem").write_bytes(pem_of(certificate))
    assert not fits(terminal)
    files_in(terminal).settle()
    assert fits(terminal)


def test_the_same_key_waits_until_its_certificate_comes(terminal, authority):
    first = files_in(terminal).waiting_key()
    assert files_in(terminal).waiting_key().public_key() == first.public_key()


def test_a_certificate_of_another_key_changes_nothing(terminal, authority):
    files = files_in(terminal)
    before = {path.name: path.read_bytes() for path in terminal.iterdir()}
    stranger = certify(authority, make_key())
    assert not files.take_up(stranger, pem_of(stranger))
    files.waiting_key()
    assert not files.take_up(stranger, pem_of(stranger))
    (terminal / "tls.key.next").unlink()
    assert {path.name: path.read_bytes() for path in terminal.iterdir()} == before


def test_both_in_one_file_are_refused(tmp_path):
    with pytest.raises(SettingsError, match="are one file"):
        CertificateFiles(tmp_path / "tls.pem", tmp_path / "tls.pem")
