import os
import stat

import msgspec
import pytest
from cryptography import x509

from foundation.errors import SettingsError
from settlement.authority import own_certificates
from settlement.authority.certificates import open_authority
from settlement.authority.own_certificates import make_missing, renew_due
from settlement.models import TlsCertificate
from sync.line.authority_key import private_pem
from sync.line.certificate_authority import common_name_of, read_certificate, server_names_of
from sync.line.certificate_request import make_key


def files(settings):
    found = sorted(path for path in settings.path("").rglob("*") if path.is_file())
    return {str(path.relative_to(settings.path(""))): path.read_bytes() for path in found}


def test_everything_is_made_and_keys_are_read_by_whom_they_are_for(prepared):
    settings = prepared()
    modes = {name: stat.S_IMODE((settings.path("") / name).stat().st_mode) for name in files(settings)}
    assert modes == {
        "authority/authority.key": 0o600,
        "authority/authority.pem": 0o644,
        "authority/centre.key": 0o600,
        "authority/centre.pem": 0o644,
        "broker/broker.key": 0o640,
        "broker/broker.pem": 0o644,
        "broker/ca.pem": 0o644,
        "broker/revoked.pem": 0o644,
    }
    assert files(settings)["broker/ca.pem"] == files(settings)["authority/authority.pem"]
    broker = read_certificate(settings.broker_folder / "broker.pem")
    assert server_names_of(broker) == {"localhost", "127.0.0.1"}
    assert set(TlsCertificate.objects.values_list("name", "kind")) == {
        ("centre", "listener"),
        ("broker", "server"),
    }


def test_made_once_it_stays(prepared):
    settings = prepared()
    before = files(settings)
    make_missing(settings)
    assert renew_due(settings) == []
    assert files(settings) == before


def test_a_second_listener_has_a_certificate_of_its_own(prepared):
    settings = prepared()
    second = msgspec.structs.replace(
        settings, listener=msgspec.structs.replace(settings.listener, client="centre-2")
    )
    make_missing(second)
    assert common_name_of(read_certificate(settings.authority_folder / "centre-2.pem")) == "centre-2"


@pytest.mark.parametrize("cut", ["centre.key", "centre.pem", "authority.pem"])
def test_what_a_power_cut_left_undone_is_made_by_the_next_start(prepared, cut):
    settings = prepared()
    (settings.authority_folder / cut).unlink()
    make_missing(settings)
    open_authority(settings)
    trusted = read_certificate(settings.broker_folder / "ca.pem")
    for certificate in (settings.authority_folder / "centre.pem", settings.broker_folder / "broker.pem"):
        read_certificate(certificate).verify_directly_issued_by(trusted)


def test_a_key_that_is_not_its_certificates_is_replaced_with_it(prepared):
    settings = prepared()
    (settings.authority_folder / "centre.key").write_bytes(private_pem(make_key()))
    before = files(settings)
    make_missing(settings)
    changed = {name for name, content in files(settings).items() if content != before[name]}
    assert changed == {"authority/centre.key", "authority/centre.pem"}


def test_the_brokers_certificate_follows_its_names(prepared):
    settings = prepared()
    named = msgspec.structs.replace(
        settings, authority=msgspec.structs.replace(settings.authority, broker_names=["broker.example"])
    )
    assert renew_due(named) == ["broker"]
    assert server_names_of(read_certificate(named.broker_folder / "broker.pem")) == {"broker.example"}
    assert renew_due(named) == []


def test_both_are_renewed_at_half_of_their_life(prepared):
    settings = prepared(server_days=1)  # begun a day ago
    before = files(settings)
    assert renew_due(settings) == ["centre", "broker"]
    changed = {name for name, content in files(settings).items() if content != before[name]}
    assert changed == {
        f"{one}.{end}" for one in ("authority/centre", "broker/broker") for end in ("pem", "key")
    }


def test_a_lost_key_of_the_authority_is_never_replaced_in_silence(prepared):
    settings = prepared()
    (settings.authority_folder / "authority.key").unlink()
    make_missing(settings)  # nothing is to be signed
    with pytest.raises(SettingsError, match="backup"):
        open_authority(settings)
    (settings.broker_folder / "broker.pem").unlink()
    with pytest.raises(SettingsError, match="backup"):
        make_missing(settings)


def test_where_everything_was_put_aside_a_new_authority_takes_over(prepared):
    """As docs/operations.md says it for a key that was stolen."""
    settings = prepared()
    old = read_certificate(settings.authority_file)
    for folder in (settings.authority_folder, settings.broker_folder):
        for file in folder.iterdir():
            file.unlink()
    make_missing(settings)
    authority = read_certificate(settings.authority_file)
    assert authority.public_key() != old.public_key()
    assert (settings.broker_folder / "ca.pem").read_bytes() == settings.authority_file.read_bytes()
    for file in (settings.broker_folder / "broker.pem", settings.authority_folder / "centre.pem"):
        read_certificate(file).verify_directly_issued_by(authority)
    listed = x509.load_pem_x509_crl(settings.revoked_file.read_bytes())
    assert listed.is_signature_valid(authority.public_key())


def test_the_first_list_revokes_nobody(prepared):
    found = x509.load_pem_x509_crl(prepared().revoked_file.read_bytes())
    assert len(found) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_what_root_makes_belongs_to_the_centres_account(prepared, settings, tmp_path):
    centre = tmp_path / "centre"
    centre.mkdir()
    os.chown(centre, 65534, 65534)
    made = prepared(server_days=1)
    renew_due(made)
    owners = {path.relative_to(centre): path.stat().st_uid for path in centre.rglob("*")}
    assert len(owners) == 10
    assert set(owners.values()) == {65534}


def test_a_key_for_the_brokers_account_alone_is_left_alone(prepared, monkeypatch):
    settings = prepared()
    before = files(settings)
    key = settings.broker_folder / "broker.key"
    monkeypatch.setattr(own_certificates.os, "access", lambda path, _mode: path != key)
    monkeypatch.setattr(own_certificates, "open_key", _refuse(key, own_certificates.open_key))
    make_missing(settings)
    assert files(settings) == before


def _refuse(key, open_key):
    """As `open_key` answers to an account that may not read this one."""

    def _open(location):
        if location == str(key):
            raise SettingsError(f"The key {key} can't be read.", remedy="")
        return open_key(location)

    return _open
