"""A centre with its authority, and terminals reduced to their keys that ask it to be enrolled."""

import msgspec
import pytest
from django.db import connection

from settlement.settings import Approval
from settlement.setup import _make_secret
from sync.contract import enrolment
from sync.contract.signing import SigningKey
from sync.line.certificate_request import make_key, make_request
from tests.settlement.actors import actor

HOST = "127.0.0.1"


@pytest.fixture
def centre_settings(db, settings, tmp_path):
    """Settings of a centre in the test's own folder, its keys and certificates made."""
    from settlement.authority.own_certificates import make_missing
    from settlement.database.known_keys import make_keys

    centre = settings.CENTRE
    settings.CENTRE = msgspec.structs.replace(
        centre,
        directory=str(tmp_path / "centre"),
        enrolment=msgspec.structs.replace(centre.enrolment, host=HOST, listen=HOST),
        authority=msgspec.structs.replace(centre.authority, broker_reload=""),
    )
    (tmp_path / "centre").mkdir()
    _make_secret(settings.CENTRE)
    make_keys(settings.CENTRE)
    make_missing(settings.CENTRE)
    return settings.CENTRE


@pytest.fixture
def by_hand(centre_settings, settings):
    changed = msgspec.structs.replace(centre_settings.enrolment, approval=Approval.BY_HAND)
    settings.CENTRE = msgspec.structs.replace(centre_settings, enrolment=changed)
    return settings.CENTRE


class Asking:
    """A terminal that only asks; what it asks stays the same until it is made anew."""

    def __init__(self, made=None, key=None, tls=None, **changes):
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        self.key = key or SigningKey.generate()
        self.tls = tls or make_key()
        self.sealing = X25519PrivateKey.generate()
        self.secret = made.secret if made else b""
        request = enrolment.EnrolmentRequest(
            terminal=made.terminal if made else "",
            token=made.token_id if made else "",
            signing_key=self.key.public.raw.hex(),
            sealing_key=self.sealing.public_key().public_bytes_raw().hex(),
            tls_request=make_request(self.tls, "whatever"),
            unique="00" * 16,
        )
        self.payload = enrolment.ask(msgspec.structs.replace(request, **changes), self.key, self.secret)

    @property
    def signed(self):
        return enrolment.read_request(self.payload)[0]

    def granted(self, answer):
        return enrolment.read_grant(answer.grant, self.signed, self.secret)


@pytest.fixture
def asking():
    return Asking


@pytest.fixture
def answer(centre_settings, settings, noon_ms):
    """Brings a request to the centre, at noon unless told otherwise."""
    from settlement.authority.certificates import open_authority
    from settlement.enrolment.requests import answer_request

    def _answer(terminal, now_ms=noon_ms, address="192.0.2.7"):
        return answer_request(
            terminal.payload,
            address,
            now_ms,
            settings=settings.CENTRE,
            authority=open_authority(settings.CENTRE),
        )

    return _answer


@pytest.fixture
def token(centre_settings, settings, site, noon_ms):
    """Makes a token at noon."""
    from settlement.enrolment.tokens import add_terminal

    def _token(name="lantern-1", minutes=60):
        return add_terminal(name, "north", minutes, actor("Zhao"), noon_ms, settings=settings.CENTRE)

    return _token


@pytest.fixture
def refusals_come_back(django_db_setup, django_db_blocker):
    """After a database was emptied by `shared_db`."""
    yield
    with django_db_blocker.unblock():
        _let_triggers_be("origin")


@pytest.fixture
def shared_db(refusals_come_back, transactional_db):
    """A database that a server's threads see as well; what is kept for ever goes with the test even so."""
    yield
    _let_triggers_be("replica")


def _let_triggers_be(role):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET session_replication_role = {role}")
