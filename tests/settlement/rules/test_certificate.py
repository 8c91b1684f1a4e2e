import pytest

from foundation.errors import RulesError
from settlement.rules.certificate import (
    Certificate,
    certificate_number,
    is_stale,
    is_valid_number,
    masked_identity_number,
    missing_fields,
)

NUMBER = "VSC-440106-2026-000001-39"


def test_it_makes_a_number_that_it_accepts():
    assert certificate_number("440106", 2026, 1) == NUMBER
    assert is_valid_number(NUMBER)


def test_it_satisfies_the_standard_for_every_check():
    for seq in range(1, 300):
        digits = certificate_number("310104", 2026, seq).removeprefix("VSC-").replace("-", "")
        assert int(digits) % 97 == 1


def test_it_notices_every_wrong_digit():
    for place, character in enumerate(NUMBER):
        if character.isdigit():
            wrong = NUMBER[:place] + str((int(character) + 1) % 10) + NUMBER[place + 1 :]
            assert not is_valid_number(wrong)


def test_it_notices_swapped_neighbours():
    for place in range(len(NUMBER) - 1):
        one, other = NUMBER[place : place + 2]
        if one.isdigit() and other.isdigit() and one != other:
            assert not is_valid_number(NUMBER[:place] + other + one + NUMBER[place + 2 :])


@pytest.mark.parametrize(
    "number",
    [
        "",
        NUMBER.lower(),
        f" {NUMBER}",
        f"{NUMBER}\n",
        NUMBER.replace("-", ""),
        NUMBER.replace("0", "٠"),
        "VSC-440106-2026-00001-39",
        "VSC-440106-2026-000000-41",
    ],
)
def test_it_refuses_what_is_no_number(number):
    assert not is_valid_number(number)


def test_it_refuses_check_digits_that_only_leave_the_same_remainder():
    for seq in range(1, 400):
        number = certificate_number("440106", 2026, seq)
        check = int(number[-2:])
        for alias in (check - 97, check + 97):
            if 0 <= alias <= 99:
                assert not is_valid_number(f"{number[:-2]}{alias:02d}")


@pytest.mark.parametrize(
    ("issuer", "year", "seq"),
    [
        ("44010", 2026, 1),
        ("44010A", 2026, 1),
        ("440106", 26, 1),
        ("440106", 2026, 0),
        ("440106", 2026, 1_000_000),
    ],
)
def test_it_refuses_to_number_out_of_range(issuer, year, seq):
    with pytest.raises(RulesError) as refused:
        certificate_number(issuer, year, seq)
    assert refused.value.code == "INVALID_CERTIFICATE_NUMBER"


def test_it_turns_stale_by_any_later_change():
    certificate = Certificate(NUMBER, 107_999)
    assert certificate.hours == "29.9"
    assert [is_stale(certificate, t_s) for t_s in (107_999, 107_998, 200_000)] == [False, True, True]


def test_it_names_what_a_certificate_lacks():
    assert missing_fields(["service_time", "photo"]) == (
        "service_content",
        "recipients",
        "service_dates",
        "recording_unit",
        "person_in_charge",
    )


@pytest.mark.parametrize(
    ("number", "masked"),
    [("11010519491231002X", "1****************X"), ("1234", "1**4"), ("12", "**"), ("", "")],
)
def test_it_masks_an_identity_number(number, masked):
    assert masked_identity_number(number) == masked
