import datetime as dt

import msgspec
import pytest

from foundation.errors import CredentialError, SettingsError
from sync.contract import badge
from sync.contract.badge import MAX_CHARACTERS, Badge, Form
from sync.contract.signing import SigningKey
from sync.contract.volunteer_number import MAX_VOLUNTEER
from tests.sync.samples import STRANGER_KEY, vector

GOLDEN = vector("badges/tokens")
ISSUER = SigningKey.from_seed(bytes.fromhex(GOLDEN["test_key"]["seed"]))
TOKENS = GOLDEN["tokens"]
ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
"""The characters of QR's alphanumeric mode, ISO/IEC 18004 table 5."""

golden_tokens = pytest.mark.parametrize("golden", TOKENS, ids=[token["name"] for token in TOKENS])


def read(text):
    return badge.verify(text, [ISSUER.public])


def refusal_of(text):
    with pytest.raises(CredentialError) as refused:
        read(text)
    return refused.value.code


@golden_tokens
def test_it_reads_a_golden_token(golden):
    shown = read(golden["token"])
    assert shown == msgspec.convert(golden["badge"], Badge)
    assert shown.reference == golden["reference"]


@golden_tokens
def test_it_issues_the_golden_token_again(golden):
    assert badge.issue(msgspec.convert(golden["badge"], Badge), ISSUER) == golden["token"]


@golden_tokens
def test_a_token_fits_the_alphanumeric_mode_of_a_small_qr_code(golden):
    assert len(golden["token"]) <= MAX_CHARACTERS
    assert set(golden["token"]) <= ALPHANUMERIC
    assert not golden["token"].endswith(" ")


@golden_tokens
def test_it_ends_when_the_golden_token_says(golden):
    shown, ended_at_ms = read(golden["token"]), golden["ended_at_ms"]
    if ended_at_ms is None:
        assert not shown.expired(2**53)
    else:
        assert not shown.expired(ended_at_ms - 1)
        assert shown.expired(ended_at_ms)


@pytest.mark.parametrize("golden", GOLDEN["refused"], ids=lambda golden: golden["name"])
def test_it_refuses_a_golden_forgery(golden):
    assert refusal_of(golden["token"]) == golden["code"]


def test_every_change_of_a_single_character_is_refused():
    token = TOKENS[1]["token"]
    for place, written in enumerate(token):
        for instead in ALPHANUMERIC - {written}:
            changed = token[:place] + instead + token[place + 1 :]
            assert refusal_of(changed) in {"unreadable", "forged_badge"}, changed


@pytest.mark.parametrize(
    "text", ["", "MB1:", "MB1:é", "mb1:" + "0" * 113, "MB2:" + "0" * 113, "MB1:" + ":" * 113]
)
def test_what_is_no_token_is_unreadable(text):
    assert refusal_of(text) == "unreadable"


def test_a_token_in_lower_case_is_unreadable():
    assert refusal_of(TOKENS[0]["token"].lower()) == "unreadable"


def test_a_form_that_this_version_does_not_know_is_unreadable():
    body = bytes([9]) + TOKENS[0]["badge"]["volunteer"].to_bytes(6) + bytes(4)
    signed = body + ISSUER.sign(b"muster/1/badge\0" + body)
    assert refusal_of("MB1:" + badge.base45.b45encode(signed).decode()) == "unreadable"


def test_a_signature_over_something_else_is_no_badge():
    body = bytes([1]) + (7).to_bytes(6) + (1).to_bytes(2) + bytes(2)
    signed = body + ISSUER.sign(body)
    assert refusal_of("MB1:" + badge.base45.b45encode(signed).decode()) == "forged_badge"


def test_any_of_several_issuers_may_have_signed():
    token = badge.issue(Badge(7), STRANGER_KEY)
    assert badge.verify(token, [ISSUER.public, STRANGER_KEY.public]).volunteer == 7


def test_without_an_issuer_every_badge_is_forged():
    with pytest.raises(CredentialError) as refused:
        badge.verify(TOKENS[0]["token"], [])
    assert refused.value.code == "forged_badge"


def test_a_printed_badge_holds_until_its_last_day_is_over_in_every_zone():
    shown = Badge(1, last_day=dt.date(2026, 11, 18))
    end = dt.datetime(2026, 11, 18, 23, 59, 59, 999_000, tzinfo=dt.timezone(dt.timedelta(hours=-12)))
    end_ms = int(end.timestamp() * 1000)
    assert not shown.expired(end_ms)
    assert shown.expired(end_ms + 1)


def test_a_phone_code_holds_to_the_second_that_it_names():
    shown = Badge(1, Form.PHONE, 0, until_s=1_794_963_660)
    assert not shown.expired(1_794_963_660_000)
    assert shown.expired(1_794_963_660_001)


@pytest.mark.parametrize(
    "wrong",
    [
        Badge(0),
        Badge(-1),
        Badge(MAX_VOLUNTEER + 1),
        Badge(1, serial=-1),
        Badge(1, serial=65_536),
        Badge(1, Form.PHONE, 0, until_s=2**32),
        Badge(1, last_day=dt.date(2019, 12, 31)),
        Badge(1, last_day=dt.date(2020, 1, 1)),
        Badge(1, last_day=dt.date(2199, 6, 7)),
    ],
)
def test_it_issues_nothing_that_has_no_place_in_the_token(wrong):
    with pytest.raises(SettingsError, match=r"can't be issued\. Use"):
        badge.issue(wrong, ISSUER)


def test_a_reprint_has_a_reference_of_its_own():
    assert Badge(5, serial=1).reference != Badge(5, serial=2).reference
    assert Badge(5, Form.PHONE, 0).reference == "phone:5"


@pytest.mark.parametrize(
    ("text", "claims"), [("MB1:X", True), ("LIB-1", False), ("mb1:X", False), ("", False)]
)
def test_only_its_prefix_claims_to_be_a_badge(text, claims):
    assert badge.looks_like_badge(text) is claims
