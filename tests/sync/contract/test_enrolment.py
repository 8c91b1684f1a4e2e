import contextlib
import json

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from foundation.words import LANGUAGES, Words
from sync.contract import enrolment
from sync.contract.enrolment import EnrolmentError, EnrolmentGrant, EnrolmentRefusal, Signed
from sync.contract.enrolment_token import EnrolmentToken, read_token
from sync.contract.fingerprint_words import fingerprint_words
from sync.contract.signing import SigningKey
from tests.vectors import make_enrolment_vectors as vectors

GOLDEN = json.loads(vectors.FILE.read_text(encoding="utf-8"))
TOKEN = vectors.TOKEN
REQUEST = GOLDEN["request"].encode()
GRANT = msgspec.json.decode(GOLDEN["grant"], type=Signed)


def refusal(call, *given):
    with pytest.raises(EnrolmentError) as caught:
        call(*given)
    return caught.value.code


def test_the_golden_token_reads_as_what_it_says():
    read = read_token(GOLDEN["token"]["text"])
    assert {"text": read.text(), "id": read.token_id, **vectors.said(read)} == GOLDEN["token"]


def test_the_golden_request_is_believed_and_proves_its_token():
    signed, request = enrolment.read_request(REQUEST)
    assert enrolment.proves(b"request", signed, TOKEN.secret)
    assert not enrolment.proves(b"request", signed, b"x" * 16)
    assert enrolment.approval_code(signed.digest) == GOLDEN["approval_code"]
    assert fingerprint_words(bytes.fromhex(request.signing_key)) == GOLDEN["words"]
    assert len(GOLDEN["words"].split()) == 6


def test_the_golden_grant_is_believed_and_its_secrets_open_with_the_terminals_key_only():
    signed, _ = enrolment.read_request(REQUEST)
    granted = enrolment.read_grant(GRANT, signed, TOKEN.secret)
    key = X25519PrivateKey.from_private_bytes(vectors.SEALING_SEED)
    assert enrolment.open_secrets(granted, key) == vectors.SECRETS
    assert (
        refusal(enrolment.open_secrets, granted, X25519PrivateKey.generate())
        == EnrolmentRefusal.OTHER_REQUEST
    )
    moved = msgspec.structs.replace(granted, request="0" * 64)
    assert refusal(enrolment.open_secrets, moved, key) == EnrolmentRefusal.OTHER_REQUEST


def test_what_a_generator_makes_today_says_the_same_as_the_golden_file():
    made = vectors.make()
    drawn = {"request", "grant", "approval_code"}
    assert {name: made[name] for name in made if name not in drawn} == {
        name: GOLDEN[name] for name in GOLDEN if name not in drawn
    }


def test_a_grant_for_another_request_is_refused():
    other, _ = enrolment.read_request(vectors.make()["request"].encode())
    assert refusal(enrolment.read_grant, GRANT, other, TOKEN.secret) == EnrolmentRefusal.OTHER_REQUEST


def test_a_grant_by_somebody_who_does_not_know_the_token_is_refused():
    signed, _ = enrolment.read_request(REQUEST)
    granted = msgspec.json.decode(GRANT.body.encode(), type=EnrolmentGrant)
    stranger = SigningKey.generate()
    forged = msgspec.structs.replace(granted, centre_key=stranger.public.raw.hex())
    answer = enrolment.grant(forged, stranger, b"x" * 16)
    assert refusal(enrolment.read_grant, answer, signed, TOKEN.secret) == EnrolmentRefusal.OTHER_CENTRE


@pytest.mark.parametrize("place", ["body", "sig"])
def test_a_changed_byte_is_noticed(place):
    message = msgspec.json.decode(REQUEST, type=Signed)
    changed = (
        message.body.replace("gate-1", "gate-2")
        if place == "body"
        else bytes([message.sig[0] ^ 1]) + message.sig[1:]
    )
    sent = msgspec.json.encode(msgspec.structs.replace(message, **{place: changed}))
    assert refusal(enrolment.read_request, sent) == EnrolmentRefusal.MALFORMED


@pytest.mark.parametrize("sent", [b"", b"{}", b"[1", b"\xff", b"x" * (enrolment.MAX_BYTES + 1)])
def test_what_is_no_request_is_told(sent):
    assert refusal(enrolment.read_request, sent) == EnrolmentRefusal.MALFORMED


def test_a_newer_request_is_told():
    message = msgspec.json.decode(REQUEST, type=Signed)
    newer = msgspec.json.encode(msgspec.structs.replace(message, v=2))
    assert refusal(enrolment.read_request, newer) == EnrolmentRefusal.NEWER


@given(
    secret=st.binary(min_size=16, max_size=16),
    fingerprint=st.binary(min_size=32, max_size=32),
    ends_min=st.integers(0, 2**32 - 1),
    port=st.integers(0, 65535),
    terminal=st.from_regex("[a-z0-9][a-z0-9-]{1,31}", fullmatch=True),
    host=st.from_regex("[a-z0-9.:-]{0,60}", fullmatch=True),
)
def test_a_token_comes_back_from_its_text(secret, fingerprint, ends_min, port, terminal, host):
    token = EnrolmentToken(secret, fingerprint, ends_min, port, terminal, host)
    assert read_token(token.text()) == token


def test_a_token_may_be_typed_in_small_letters_with_blanks_and_hyphens():
    text = TOKEN.text().lower()
    typed = " ".join(text[place : place + 5] for place in range(0, len(text), 5)) + "-\n"
    assert read_token(typed) == TOKEN


@given(st.data())
def test_one_wrong_letter_is_told(data):
    text = TOKEN.text()
    place = data.draw(st.integers(len("MUSTER1."), len(text) - 1))
    letter = data.draw(
        st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").filter(lambda one: one != text[place])
    )
    typed = text[:place] + letter + text[place + 1 :]
    if place == len(text) - 1:  # it holds bits that mean nothing
        with contextlib.suppress(EnrolmentError):
            assert read_token(typed) == TOKEN
    else:
        assert refusal(read_token, typed) == EnrolmentRefusal.MISTYPED


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", EnrolmentRefusal.NO_TOKEN),
        ("MV1:badge", EnrolmentRefusal.NO_TOKEN),
        ("MUSTER2.ABCD", EnrolmentRefusal.NEWER),
        ("MUSTER1.", EnrolmentRefusal.MISTYPED),
        ("MUSTER1.ABC", EnrolmentRefusal.MISTYPED),
        ("MUSTER1.ÄÖÜ", EnrolmentRefusal.MISTYPED),
        (TOKEN.text()[:-1], EnrolmentRefusal.MISTYPED),
        (TOKEN.text() + "A", EnrolmentRefusal.MISTYPED),
    ],
)
def test_what_is_no_whole_token_is_told(text, code):
    assert refusal(read_token, text) == code


def test_a_token_fits_into_the_small_letters_of_a_qr_code():
    assert set(TOKEN.text()) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def test_a_tokens_secret_stands_in_no_text_about_it():
    assert TOKEN.secret.hex() not in repr(TOKEN)
    assert str(TOKEN.secret) not in repr(TOKEN)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(EnrolmentRefusal))
def test_every_refusal_says_what_to_do_in_every_language(language, code):
    told = EnrolmentError(
        code, terminal="gate-1", host="h:1", time="1970", file="F", why="W", before="B"
    ).said_in(Words(language))
    assert "{" not in told
    assert Words(language).say(f"enrol-{code}.remedy", **dict.fromkeys(("terminal", "file"), "x"))


def test_the_word_list_is_whole_and_four_letters_tell_its_words_apart():
    from sync.contract.fingerprint_words import _list

    assert len({word[:4] for word in _list()}) == 2048
