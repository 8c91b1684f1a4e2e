"""Each key of the centre is believed because the one before it says so, and nothing else leads anywhere."""

import msgspec
import pytest

from foundation.errors import MessageError
from sync.contract import wire
from sync.contract.handover import (
    CentreKeys,
    Handover,
    first_key,
    read_handovers,
    seal_handover,
    write_handovers,
)
from sync.contract.signing import SigningKey
from sync.contract.wire import MessageKind, Realm
from tests.sync.samples import CENTRE_KEY, NINE_MS, STRANGER_KEY

SECOND, THIRD = (SigningKey.from_seed(bytes([number]) * 32) for number in (2, 3))
FIRST = CentreKeys((CENTRE_KEY.public,))


def handover(key=CENTRE_KEY, to=SECOND, realm=Realm.LIVE):
    return seal_handover(to.public, NINE_MS, realm, key)


def ids(keys):
    return [key.key_id for key in keys.keys]


def test_whoever_believes_the_first_key_is_led_to_the_last():
    chain = [handover(), handover(SECOND, THIRD)]
    keys = FIRST.follow_all(chain, Realm.LIVE)
    assert ids(keys) == [key.public.key_id for key in (CENTRE_KEY, SECOND, THIRD)]
    assert keys.newest.raw == THIRD.public.raw
    assert keys.after(SECOND.public.key_id) == (chain[1],)
    assert keys.after(CENTRE_KEY.public.key_id) == keys.after("") == tuple(chain)
    assert keys.after(THIRD.public.key_id) == ()


def test_who_was_enrolled_later_passes_over_what_came_before():
    later = CentreKeys((SECOND.public,))
    assert later.follow_all([handover(), handover(SECOND, THIRD)], Realm.LIVE).newest.raw == THIRD.public.raw


def test_brought_again_it_changes_nothing():
    keys = FIRST.follow(handover(), Realm.LIVE)
    assert keys.follow(handover(), Realm.LIVE) is keys
    assert keys.follow(handover(THIRD, CENTRE_KEY), Realm.LIVE) is keys


@pytest.mark.parametrize(
    ("sealed", "code"),
    [
        (handover(STRANGER_KEY), "auth"),
        (handover(SECOND, THIRD), "auth"),
        (handover(realm=Realm.DEMO), "realm"),
        (handover().replace(SECOND.public.raw.hex().encode(), THIRD.public.raw.hex().encode()), "auth"),
        (
            wire.seal(
                MessageKind.ACK,
                msgspec.json.decode(wire.read_envelope(handover()).header, type=Handover),
                b"",
                CENTRE_KEY,
            ),
            "auth",
        ),
        (handover().replace(b"since_ms", b"since"), "malformed"),
        (b"no message", "malformed"),
    ],
    ids=["a stranger's", "a later one", "the other realm's", "altered", "another kind", "incomplete", "junk"],
)
def test_nothing_else_leads_anywhere(sealed, code):
    with pytest.raises(MessageError) as refused:
        FIRST.follow(sealed, Realm.LIVE)
    assert refused.value.code == code
    assert FIRST.follow_all([sealed], Realm.LIVE) is FIRST


def test_a_thief_of_the_first_key_leads_nobody_who_has_gone_on():
    keys = FIRST.follow(handover(), Realm.LIVE)
    with pytest.raises(MessageError):
        keys.follow(handover(to=STRANGER_KEY), Realm.LIVE)


def test_a_key_under_which_anybody_could_sign_is_never_followed():
    weak = wire.seal(
        MessageKind.HANDOVER,
        Handover(realm=Realm.LIVE, before=CENTRE_KEY.public.raw.hex(), key="00" * 32, since_ms=NINE_MS),
        b"",
        CENTRE_KEY,
    )
    with pytest.raises(MessageError) as refused:
        FIRST.follow(weak, Realm.LIVE)
    assert refused.value.code == "malformed"


def test_a_file_keeps_them_and_tells_the_key_that_they_begin_with(tmp_path):
    file = tmp_path / "signing.handovers"
    assert read_handovers(file) == ()
    chain = (handover(), handover(SECOND, THIRD))
    write_handovers(file, chain)
    assert read_handovers(file) == chain
    assert first_key(chain[0]).raw == CENTRE_KEY.public.raw


def test_a_handover_that_names_another_signer_proves_no_first_key():
    claimed = wire.seal(
        MessageKind.HANDOVER,
        Handover(
            realm=Realm.LIVE,
            before=CENTRE_KEY.public.raw.hex(),
            key=SECOND.public.raw.hex(),
            since_ms=NINE_MS,
        ),
        b"",
        STRANGER_KEY,
    )
    with pytest.raises(MessageError):
        first_key(claimed)
