"""The messages of renewal, as the golden vectors have them."""

import pytest

from foundation.errors import MessageError
from sync.contract import wire
from sync.contract.renewal import RenewalRequest, open_answer
from sync.contract.wire import MessageKind, Realm
from sync.line.certificate_authority import common_name_of
from sync.line.certificate_request import read_request
from tests.sync.asyncapi_document import validate
from tests.sync.samples import CENTRE_KEY, STRANGER_KEY, TERMINAL, TERMINAL_KEY, message, vector


@pytest.mark.parametrize("name", ["renewal", "certificate"])
def test_the_golden_messages_fit_the_document(name):
    assert validate(vector(f"wire/{name}")["topic"], message(name)) == name


def test_the_golden_answer_is_for_the_key_of_the_golden_request():
    envelope = wire.read_envelope(message("renewal"))
    asked = wire.unseal(envelope, MessageKind.RENEWAL, RenewalRequest, TERMINAL_KEY.public)
    assert asked == RenewalRequest(realm=Realm.LIVE, terminal=TERMINAL)
    request = read_request(envelope.body)
    certificate, refused = open_answer(
        message("certificate"), terminal=TERMINAL, realm=Realm.LIVE, centre=CENTRE_KEY.public
    )
    assert refused is None
    assert certificate.public_key() == request.public_key()
    assert common_name_of(certificate) == TERMINAL


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"terminal": "gate-2"}, "auth"),
        ({"realm": Realm.DEMO}, "realm"),
        ({"centre": STRANGER_KEY.public}, "auth"),
    ],
)
def test_an_answer_is_believed_by_whom_it_is_for_alone(change, code):
    own = {"terminal": TERMINAL, "realm": Realm.LIVE, "centre": CENTRE_KEY.public}
    with pytest.raises(MessageError) as refused:
        open_answer(message("certificate"), **own | change)
    assert refused.value.code == code
