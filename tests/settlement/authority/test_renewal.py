"""The centre's answers to terminals that ask for a new certificate."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from settlement.authority.certificates import in_force
from settlement.authority.renewal import answer_renewal
from settlement.models import Quarantine, Terminal, TlsCertificate
from sync.contract import wire
from sync.contract.renewal import RenewalRefusal, open_answer, seal_request
from sync.contract.signing import SigningKey
from sync.line.certificate_authority import common_name_of, server_names_of
from sync.line.certificate_request import make_key, make_request
from tests.sync.asyncapi_document import validate


@pytest.fixture
def ask(terminal, prepared, centre, noon_ms):
    """Sends a request as a terminal does; answers with what the centre says."""
    prepared(renewals_per_day=2)

    def _ask(request=None, key=None, name=None, bucket=None, body=None):
        from django.conf import settings

        given = make_request(request or make_key(), "north-gate") if body is None else body
        name = name or terminal.name
        payload = seal_request(given, terminal=name, realm=terminal.realm, key=key or terminal.key)
        topic = wire.topic("up", bucket or terminal.bucket, name, "renewal")
        assert validate(topic, payload) == "renewal"
        answer = answer_renewal(topic, payload, noon_ms, centre=centre, settings=settings.CENTRE)
        (publication,) = answer.publications
        assert publication.topic == wire.topic("down", name, "certificate")
        assert validate(publication.topic, publication.payload) == "certificate"
        return open_answer(publication.payload, terminal=name, realm=terminal.realm, centre=centre.key.public)

    return _ask


def test_a_known_terminal_gets_a_certificate_for_its_key(ask, authority):
    key = make_key()
    certificate, refused = ask(key)
    assert refused is None
    assert certificate.public_key() == key.public_key()
    assert common_name_of(certificate) == "north-gate"
    assert server_names_of(certificate) == {"north-gate"}  # where other brokers than ours look for it
    certificate.verify_directly_issued_by(authority.certificate)
    assert in_force("north-gate").count() == 1


def test_a_lost_answer_is_given_again(ask):
    key = make_key()
    assert ask(key) == ask(key)
    assert in_force("north-gate").count() == 1


def test_it_does_not_get_as_many_as_it_likes(ask):
    keys = [make_key() for _ in range(3)]
    assert [ask(key)[1] for key in keys] == [None, None, RenewalRefusal.TOO_MANY]
    assert ask(keys[0])[1] is None
    TlsCertificate.objects.filter(name="north-gate").update(issued_ms=0)
    assert ask(keys[2])[1] is None


def test_a_revoked_terminal_gets_none(ask):
    Terminal.objects.update(revoked_ms=1)
    assert ask() == (None, RenewalRefusal.NOT_BELIEVED)
    assert not in_force("north-gate").exists()
    assert Quarantine.objects.get().reason == "auth"


@pytest.mark.parametrize("claim", [{"key": SigningKey.generate()}, {"name": "south-gate"}, {"bucket": "08"}])
def test_who_can_not_be_believed_gets_none(ask, claim):
    assert ask(**claim) == (None, RenewalRefusal.NOT_BELIEVED)
    assert not TlsCertificate.objects.filter(kind="terminal").exists()


def with_another_signature(request: bytes) -> bytes:
    return request[:-1] + bytes([request[-1] ^ 1])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no request",
        bytes(5000),
        make_request(ec.generate_private_key(ec.SECP384R1()), "north-gate"),
        make_request(rsa.generate_private_key(65537, 2048), "north-gate"),
        with_another_signature(make_request(make_key(), "north-gate")),
    ],
)
def test_what_is_no_request_for_a_good_key_is_refused(ask, body):
    assert ask(body=body) == (None, RenewalRefusal.REQUEST)


def test_an_authority_out_of_use_answers_nothing(terminal, prepared, centre, noon_ms):
    settings = prepared()
    (settings.authority_folder / "authority.key").unlink()
    request = make_request(make_key(), "north-gate")
    payload = seal_request(request, terminal="north-gate", realm=terminal.realm, key=terminal.key)
    topic = wire.topic("up", terminal.bucket, "north-gate", "renewal")
    answer = answer_renewal(topic, payload, noon_ms, centre=centre, settings=settings)
    assert answer.publications == ()
