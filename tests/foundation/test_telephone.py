"""One form for every way in which a telephone number is written, and none for what is no mobile number."""

import pytest

from foundation.telephone import e164, first_strange, is_region, region_of


@pytest.mark.parametrize(
    "written",
    [
        "13912345678",
        "+8613912345678",
        "8613912345678",
        "008613912345678",
        "013912345678",
        "+86 139-1234-5678",
        "+86 (0) 139 1234 5678",
        "139.1234.5678",
        "13912345678.0",
        "１３９１２３４５６７８",
        "+８６１３９１２３４５６７８",
        "١٣٩١٢٣٤٥٦٧٨",
        "\u202a13912345678\u202c",
        "\ufeff139\u00a01234\u30005678 ",
        "139‐1234–5678",
    ],
)
def test_every_form_of_a_chinese_mobile_number_is_one(written):
    assert e164(written, "CN") == "+8613912345678"


@pytest.mark.parametrize(
    "written",
    ["0512345678", "512345678", "966512345678", "9660512345678", "+966512345678", "00966 51 234 5678"],
)
def test_every_form_of_a_saudi_mobile_number_is_one(written):
    assert e164(written, "SA") == "+966512345678"


@pytest.mark.parametrize("written", ["2025550123", "12025550123", "+1 (202) 555-0123"])
def test_countries_without_a_trunk_prefix_are_known(written):
    assert e164(written, "US") == "+12025550123"


@pytest.mark.parametrize(
    ("region", "written", "number"),
    [
        ("GB", "07911 123456", "+447911123456"),
        ("FR", "06.12.34.56.78", "+33612345678"),
        ("TW", "0912345678", "+886912345678"),
        ("DE", "0171/1234567", "+491711234567"),
        ("IT", "312 345 6789", "+393123456789"),
        ("CN", "0044 7911 123456", "+447911123456"),
        ("US", "011 86 139 1234 5678", "+8613912345678"),
    ],
)
def test_each_region_dials_in_its_own_way(region, written, number):
    assert e164(written, region) == number


@pytest.mark.parametrize("number", ["+447700900123", "+85251234567", "+498612345678", "+12025550123"])
def test_a_foreign_number_keeps_its_country(number):
    assert e164(number, "CN") == number


def test_two_numbers_that_differ_in_their_country_are_two():
    assert e164("131 0234 5678", "CN") == "+8613102345678"
    assert e164("0013102345678", "CN") == e164("+1 310 234 5678", "CN") == "+13102345678"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "+",
        "10086",
        "1069012345678",
        "106575258192012345",
        "CMBCHINA",
        "+1234567",
        "+1234567890123456",
        "+86CMBCHINA",
        "1391234567",
        "139123456789",
        "13912345678 13912345679",
        "13912345678 / 13912345679",
        "13912345678;13912345679",
        "13912345678、13912345679",
        "13912345678 ext 5",
        "13912345678 转 5",
        "13912345678#5",
        "13912345678,5",
        "13912345678 (mother)",
        "1.39123E+10",
        "tel:+8613912345678",
        "0501234567",
        "1" * 300,
        "+" * 300,
    ],
)
def test_names_short_numbers_two_in_one_notes_and_lost_digits_are_none(written):
    assert e164(written, "CN") is None


@pytest.mark.parametrize(
    ("written", "place"), [("139-1234 5678", None), ("139x", 3), ("转139", 0), ("", None)]
)
def test_the_first_character_that_stands_in_no_number_is_found(written, place):
    assert first_strange(written) == place


def test_regions_are_known_by_their_two_letters_and_countries_by_their_code():
    assert [is_region(one) for one in ("CN", "SA", "ZZ", "cn", "")] == [True, True, False, False, False]
    assert [region_of(code) for code in ("86", "966", "1", "999")] == ["CN", "SA", "US", "ZZ"]
