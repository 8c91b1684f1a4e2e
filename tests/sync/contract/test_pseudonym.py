import hashlib
import hmac

import pytest

from foundation import VERSION
from foundation.code_text import is_undeclared
from sync.contract.pseudonym import (
    KEY_BYTES,
    Subject,
    canonical,
    keyed_reference,
    older_reference,
)
from tests.sync.samples import vector

GOLDEN = vector("badges/references")
KEY = bytes.fromhex(GOLDEN["test_key"]["pseudonym"])


@pytest.mark.parametrize(
    "case", GOLDEN["references"], ids=lambda case: f"{case['subject']} {case['presented']}"
)
def test_it_makes_the_golden_reference(case):
    assert keyed_reference(KEY, Subject(case["subject"]), case["presented"]) == case["reference"]


def test_it_is_hmac_sha256_as_any_other_implementation_would_make_it():
    digest = hmac.new(KEY, b"muster/1/tag\x0000ABCDEF", hashlib.sha256).hexdigest()
    assert keyed_reference(KEY, Subject.TAG, "0a00abcdef") == "keyed:" + digest[:32]


@pytest.mark.parametrize(
    ("subject", "spellings", "one"),
    [
        (Subject.CODE, ["LIB-00412", " LIB-00412\r\n"], "LIB-00412"),
        (Subject.CODE, ["签到", "\ufeff签到", "\u200b签到\u200e ", "\u2066签到\u2069"], "签到"),
        (Subject.CODE, ["bytes:C7A9B5BD", "bytes:c7a9b5bd", " Bytes:C7a9B5Bd "], "bytes:C7A9B5BD"),
        (Subject.ID_NUMBER, ["11010519491231002X", "110105 19491231 002x"], "11010519491231002X"),
        (Subject.CARD_UID, ["04:a2:b3:c4", "04A2B3C4", "04-A2-B3-C4"], "04A2B3C4"),
        (Subject.PHONE, ["+8613800138000", "+86 138-0013-8000"], "+8613800138000"),
        (Subject.SMS_CODE, ["482913", "482 913", "482-913", "٤٨٢٩١٣", "４８２９１３"], "482913"),
    ],
)
def test_one_thing_has_one_spelling(subject, spellings, one):
    assert {canonical(subject, spelling) for spelling in spellings} == {one}


@pytest.mark.parametrize("text", ["bytes:", "bytes:C7A", "bytes:ZZ", "my bytes:C7", "bytes: C7"])
def test_what_only_looks_like_bytes_is_a_text(text):
    assert canonical(Subject.CODE, text) == text
    assert not is_undeclared(text)


def test_what_nobody_sees_within_a_code_stays_part_of_it():
    assert canonical(Subject.CODE, "A\u200bB") == "A\u200bB"
    assert canonical(Subject.CODE, "\ufeff \u200b") == ""


def test_a_code_keeps_its_case():
    assert canonical(Subject.CODE, "aB1") != canonical(Subject.CODE, "AB1")


def test_two_telephones_that_differ_in_their_country_are_two():
    chinese, american = "+8613102345678", "+13102345678"
    assert keyed_reference(KEY, Subject.PHONE, chinese) != keyed_reference(KEY, Subject.PHONE, american)


@pytest.mark.parametrize(
    ("number", "digits"),
    [("+8613800138000", "13800138000"), ("+966512345678", "966512345678"), ("+85251234567", "85251234567")],
)
def test_what_0_1_made_of_a_telephone_is_known(number, digits):
    digest = hmac.new(KEY, f"muster/1/phone\0{digits}".encode(), hashlib.sha256).hexdigest()
    assert older_reference(KEY, Subject.PHONE, number) == "keyed:" + digest[:32]


def test_what_may_have_been_a_chinese_number_then_is_nobodys():
    assert older_reference(KEY, Subject.PHONE, "+13102345678") == ""


def test_what_0_1_made_of_a_tag_is_known():
    digest = hmac.new(KEY, b"muster/1/tag\x000A00ABCDEF", hashlib.sha256).hexdigest()
    assert older_reference(KEY, Subject.TAG, "0a00abcdef") == "keyed:" + digest[:32]
    assert older_reference(KEY, Subject.TAG, "00abcdef") == ""


def test_what_0_1_left_is_looked_for_until_0_3():
    """Take `older_reference` out then."""
    assert VERSION.startswith("0.2.")


def test_the_same_digits_on_another_thing_are_somebody_else():
    assert len({keyed_reference(KEY, subject, "482913") for subject in Subject}) == len(Subject)


def test_another_key_makes_another_reference():
    other = bytes(KEY_BYTES)
    assert keyed_reference(KEY, Subject.TAG, "1") != keyed_reference(other, Subject.TAG, "1")


def test_a_reference_shows_nothing_of_what_was_presented():
    assert "13800138000" not in keyed_reference(KEY, Subject.PHONE, "+8613800138000")
