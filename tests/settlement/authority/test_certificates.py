import pytest
from cryptography import x509

from foundation.errors import SettingsError
from settlement.authority.certificates import days_left, in_force, issue_to_terminal
from settlement.models import TlsCertificate
from sync.line.certificate_authority import common_name_of
from sync.line.certificate_request import make_key, make_request, read_request


@pytest.fixture
def issue(authority, settings):
    return lambda name, key: issue_to_terminal(authority, name, key, settings.CENTRE)


def test_what_is_issued_stands_on_record(issue):
    pem = issue("north-gate", read_request(make_request(make_key(), "whatever")))
    certificate = x509.load_pem_x509_certificate(pem)
    row = in_force("north-gate").get()
    assert common_name_of(certificate) == "north-gate"
    assert (int(row.serial, 16), row.kind, row.pem) == (certificate.serial_number, "terminal", pem.decode())
    assert days_left(row.not_after_ms) == 539
    assert days_left(0) == 0


def test_who_asks_again_with_the_same_key_gets_the_same(issue):
    key = make_key().public_key()
    assert issue("north-gate", key) == issue("north-gate", key)
    assert issue("north-gate", make_key().public_key()) != issue("north-gate", key)
    assert in_force("north-gate").count() == 2


def test_the_same_key_at_half_of_its_life_gets_a_new_one(issue, settings, prepared):
    key = make_key().public_key()
    first = issue("north-gate", key)
    TlsCertificate.objects.filter(name="north-gate").update(not_before_ms=0)
    assert issue("north-gate", key) != first


def test_another_terminal_never_gets_it(issue):
    key = make_key().public_key()
    assert issue("north-gate", key) != issue("south-gate", key)


@pytest.mark.parametrize("name", ["centre", "centre-2", "broker", "North"])
def test_a_name_with_other_rights_gets_none(issue, name):
    with pytest.raises(SettingsError, match="can be called"):
        issue(name, make_key().public_key())
    assert not in_force(name).filter(kind="terminal").exists()
