"""Certificates as Python's and OpenSSL's strictest check want them."""

import datetime as dt
import socket
import ssl
import subprocess
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from foundation.durable import replace_file
from foundation.errors import SettingsError
from sync.line.authority_key import open_key, private_pem
from sync.line.certificate_authority import CertificateAuthority, CertificateKind, common_name_of
from sync.line.certificate_request import make_key, make_request, read_request
from tests.sync.live_authority import TEN_DAYS, LiveAuthority


@pytest.fixture
def authority(tmp_path):
    return LiveAuthority(tmp_path)


def strict(purpose, folder, name=""):
    context = ssl.create_default_context(purpose, cafile=str(folder / "ca.pem"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if name:
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def shake_hands(server, client, host="localhost"):
    """What each end of a real connection says of the other's certificate: None where it is content."""
    ours, theirs = socket.socketpair()
    server.verify_mode = ssl.CERT_REQUIRED
    said = {}

    def serve():
        try:
            with server.wrap_socket(theirs, server_side=True) as secured:
                secured.sendall(secured.recv(1))
        except (ssl.SSLError, OSError) as error:
            said["server"] = str(error)
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(ours, server_hostname=host) as secured:
            secured.sendall(b"x")
            secured.recv(1)
    except (ssl.SSLError, OSError) as error:
        said["client"] = str(error)
        ours.close()
    thread.join(30)
    return said.get("server"), said.get("client")


@pytest.fixture
def broker(authority):
    authority.issue("broker", CertificateKind.SERVER, server_names=("localhost", "10.1.2.3"))
    return strict(ssl.Purpose.CLIENT_AUTH, authority.folder, "broker")


@pytest.mark.parametrize("host", ["localhost", "10.1.2.3"])
def test_both_ends_pass_the_strict_check(authority, broker, host):
    authority.issue("gate-1")
    client = strict(ssl.Purpose.SERVER_AUTH, authority.folder, "gate-1")
    assert shake_hands(broker, client, host) == (None, None)


def test_openssl_finds_nothing_to_blame(authority, broker):
    authority.issue("gate-1")
    for name, purpose in (("gate-1", "sslclient"), ("broker", "sslserver")):
        command = ["openssl", "verify", "-x509_strict", "-crl_check", "-purpose", purpose]
        command += ["-CAfile", "ca.pem", "-CRLfile", "revoked.pem", f"{name}.pem"]
        done = subprocess.run(command, cwd=authority.folder, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, f"{name}.pem: OK\n"), done.stderr


def test_a_server_is_believed_only_under_the_names_of_its_certificate(authority, broker):
    authority.issue("gate-1")
    client = strict(ssl.Purpose.SERVER_AUTH, authority.folder, "gate-1")
    assert "Hostname mismatch" in shake_hands(broker, client, "example.org")[1]


def test_a_terminal_can_not_pose_as_the_broker(authority):
    authority.issue("gate-1", file="broker")
    authority.issue("localhost", file="posing")
    authority.issue("gate-2")
    client = strict(ssl.Purpose.SERVER_AUTH, authority.folder, "gate-2")
    posing = strict(ssl.Purpose.CLIENT_AUTH, authority.folder, "posing")
    assert "unsuitable certificate purpose" in shake_hands(posing, client)[1]


def test_the_broker_can_not_pose_as_a_terminal(authority, broker):
    authority.issue("gate-1", CertificateKind.SERVER, server_names=("gate-1",))
    client = strict(ssl.Purpose.SERVER_AUTH, authority.folder, "gate-1")
    assert "unsuitable certificate purpose" in shake_hands(broker, client)[0]


def test_a_certificate_of_another_authority_of_the_same_name_is_refused(authority, broker, tmp_path):
    (tmp_path / "other").mkdir()
    LiveAuthority(tmp_path / "other").issue("gate-1")
    client = strict(ssl.Purpose.SERVER_AUTH, authority.folder)
    client.load_cert_chain(tmp_path / "other" / "gate-1.pem", tmp_path / "other" / "gate-1.key")
    assert "certificate verify failed" in shake_hands(broker, client)[0]


@pytest.mark.parametrize("kind", [CertificateKind.TERMINAL, CertificateKind.LISTENER])
@pytest.mark.parametrize("name", ["gate-1", "10"])
def test_a_client_is_named_among_the_alternative_names_too(authority, kind, name):
    certificate = authority.issue(name, kind)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(names) == [x509.DNSName(name)]
    assert common_name_of(certificate) == name


def test_what_a_request_says_besides_its_key_is_passed_over(authority):
    key = make_key()
    request = read_request(make_request(key, "centre"))
    pem = authority.authority.issue_for(request, "gate-1", CertificateKind.TERMINAL, TEN_DAYS)
    certificate = x509.load_pem_x509_certificate(pem)
    assert common_name_of(certificate) == "gate-1"
    assert certificate.public_key() == key.public_key()


def test_a_request_that_was_not_signed_with_its_key_is_refused(authority):
    der = bytearray(make_request(make_key(), "gate-1"))
    der[-1] ^= 1
    with pytest.raises(SettingsError, match="not signed with its own key"):
        authority.authority.issue_for(read_request(bytes(der)), "gate-1", CertificateKind.TERMINAL, TEN_DAYS)


def test_what_is_no_request_is_refused():
    with pytest.raises(SettingsError, match="PKCS #10"):
        read_request(b"no request")


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)]
)
def test_a_key_of_another_kind_is_refused(authority, key):
    with pytest.raises(SettingsError, match="P-256"):
        authority.authority.issue_for(key.public_key(), "gate-1", CertificateKind.TERMINAL, TEN_DAYS)


def test_no_certificate_outlives_its_authority(authority):
    certificate = authority.issue("gate-1", lifetime=dt.timedelta(days=5000))
    assert certificate.not_valid_after_utc == authority.authority.certificate.not_valid_after_utc


def test_each_list_is_dated_later_than_the_one_before_and_holds_at_once(authority):
    lists = []
    for number in range(5):
        authority.revoke(authority.issue(f"gate-{number}"))
        lists.append(x509.load_pem_x509_crl((authority.folder / "revoked.pem").read_bytes()))
    dates = [one.last_update_utc for one in lists]
    assert dates == sorted(set(dates))
    assert dates[-1] < dt.datetime.now(dt.UTC)
    assert [len(one) for one in lists] == [1, 2, 3, 4, 5]
    assert lists[-1].is_signature_valid(authority.authority.certificate.public_key())
    assert lists[-1].next_update_utc == authority.authority.certificate.not_valid_after_utc


def test_an_authority_is_opened_with_its_own_key_only(authority, tmp_path):
    (tmp_path / "key").write_bytes(private_pem(make_key()))
    with pytest.raises(SettingsError, match="don't belong together"):
        CertificateAuthority.open(tmp_path / "ca.pem", str(tmp_path / "key"))


@pytest.mark.parametrize("content", [b"", b"no key", private_pem(ec.generate_private_key(ec.SECP384R1()))])
def test_a_key_that_is_none_is_told_with_what_to_do(tmp_path, content):
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(SettingsError, match="backup"):
        open_key(str(tmp_path / "key"))


def test_a_replaced_file_has_its_mode_from_the_first_byte_on(tmp_path):
    for content in (b"one", b"two"):
        replace_file(tmp_path / "key", content, 0o600)
        assert (tmp_path / "key").read_bytes() == content
        assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
