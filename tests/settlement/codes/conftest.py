import msgspec
import pytest

from foundation.errors import GatewayError
from sync.contract.pseudonym import Subject, keyed_reference

KEY = bytes(range(32))
PHONE = "+8613912345678"


class Telephone:
    """Receives what a gateway sends, or is out of reach."""

    def __init__(self):
        self.messages = []
        self.reachable = True

    def send(self, telephone, text):
        if not self.reachable:
            raise GatewayError("gateway_silent", why="nobody took it")
        self.messages.append((telephone, text))


@pytest.fixture
def telephone():
    return Telephone()


@pytest.fixture
def pseudonym_key(settings, tmp_path):
    (tmp_path / "pseudonym.key").write_text(KEY.hex())
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))
    return KEY


@pytest.fixture
def registered(mei):
    """Mei, with her telephone."""
    from settlement.models import Credential

    ref = keyed_reference(KEY, Subject.PHONE, PHONE)
    Credential.objects.create(ref=ref, volunteer=mei, method="sms_in", assurance="low")
    return mei


@pytest.fixture
def issue(pseudonym_key, registered, site, telephone, noon_ms):
    """Issues Mei a code, at noon unless told otherwise."""
    from settlement.codes.issuing import issue_code

    def _issue(after_ms=0, number=PHONE, volunteer=registered, place=site):
        return issue_code(volunteer, place, number, telephone, None, noon_ms + after_ms)

    return _issue
