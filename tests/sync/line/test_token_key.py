"""A key in a security module: SoftHSM2, which Debian ships, and OpenSC's tool."""

import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from foundation.errors import SettingsError
from sync.line.authority_key import is_in_token, open_key
from sync.line.certificate_authority import CertificateAuthority, CertificateKind
from sync.line.certificate_request import make_key
from sync.line.token_key import TokenAddress
from tests.sync.live_authority import TEN_DAYS

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "482913"


@pytest.fixture
def token(tmp_path, monkeypatch):
    """A token with one P-256 key, and its address; the PIN lies in a file."""
    (tmp_path / "tokens").mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    (tmp_path / "pin").write_text(f"{PIN}\n")
    tool("softhsm2-util", "--init-token", "--free", "--label", "muster", "--pin", PIN, "--so-pin", "0000")
    make_object("authority", "EC:prime256v1")
    return f"pkcs11:token=muster;object=authority?module-path={MODULE}&pin-source=file:{tmp_path / 'pin'}"


def tool(*command):
    subprocess.run(command, check=True, capture_output=True)


def make_object(label, kind):
    module = ("pkcs11-tool", "--module", MODULE, "--token-label", "muster", "--login", "--pin", PIN)
    tool(*module, "--keypairgen", "--key-type", kind, "--label", label)


def test_an_authority_in_a_token_issues_and_revokes_as_one_in_a_file(token, tmp_path):
    assert is_in_token(token)
    made = CertificateAuthority.make("test", open_key(token), TEN_DAYS)
    (tmp_path / "ca.pem").write_bytes(made.pem)
    authority = CertificateAuthority.open(tmp_path / "ca.pem", token)
    pem = authority.issue_for(make_key().public_key(), "gate-1", CertificateKind.TERMINAL, TEN_DAYS)
    (tmp_path / "gate-1.pem").write_bytes(pem)
    (tmp_path / "revoked.pem").write_bytes(authority.revocation_list([], None))
    command = ["openssl", "verify", "-x509_strict", "-crl_check", "-CAfile", "ca.pem"]
    done = subprocess.run(
        [*command, "-CRLfile", "revoked.pem", "gate-1.pem"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    x509.load_pem_x509_certificate(pem).verify_directly_issued_by(authority.certificate)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("token=muster", "token=other"), 'No slot with token named "other"'),
        (("object=authority", "object=other"), "can't be used"),
        ((MODULE, "/usr/lib/none.so"), "can't be used"),
    ],
)
def test_what_is_wrong_with_a_token_is_told_with_what_to_do(token, change, told):
    with pytest.raises(SettingsError) as refused:
        open_key(token.replace(*change))
    assert told in refused.value.what
    assert "pkcs11-tool" in refused.value.remedy


def test_a_wrong_pin_is_told_and_stands_nowhere(token, tmp_path):
    (tmp_path / "pin").write_text("999999")
    with pytest.raises(SettingsError) as refused:
        CertificateAuthority.make("test", open_key(token), TEN_DAYS)
    assert "PIN" in str(refused.value)
    assert "999999" not in str(refused.value)


def test_a_key_on_another_curve_is_refused(token):
    make_object("large", "EC:secp384r1")
    with pytest.raises(SettingsError, match="can't be used"):
        open_key(token.replace("object=authority", "object=large"))


def test_a_missing_pin_file_is_named(token, tmp_path):
    (tmp_path / "pin").unlink()
    with pytest.raises(SettingsError, match=str(tmp_path / "pin")):
        open_key(token)


def test_a_machine_without_the_tool_is_told_its_package(token, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SettingsError, match="apt install opensc"):
        open_key(token)


@pytest.mark.parametrize(
    "uri",
    ["pkcs11:", "pkcs11:token=a", "pkcs11:token=a;object=b", "pkcs11:token=a;object=b;slot=1?module-path=/m"],
)
def test_a_uri_that_does_not_say_enough_is_refused(uri):
    with pytest.raises(SettingsError, match="is not named as it must be"):
        TokenAddress.read(uri)


def test_a_uri_may_hold_any_letter():
    address = TokenAddress.read("pkcs11:token=two%20words;object=%E9%92%A5?module-path=/m&pin-value=1%262")
    assert (address.token, address.label, address.pin()) == ("two words", "钥", "1&2")


def test_the_private_half_never_leaves(token):
    key = open_key(token)
    for leave in (key.private_numbers, key.private_bytes, lambda: key.exchange(None, None)):
        with pytest.raises(TypeError):
            leave()
    assert Path(MODULE).exists()
