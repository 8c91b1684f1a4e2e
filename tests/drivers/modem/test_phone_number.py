import msgspec
import pytest

from drivers.modem.phone_number import NumberingPlan, e164

CHINA = NumberingPlan()
SAUDI_ARABIA = NumberingPlan(country_code="966", mobile_digits=9, trunk_prefix="0")
UNITED_STATES = NumberingPlan(country_code="1", mobile_digits=10, trunk_prefix="")


@pytest.mark.parametrize(
    "written",
    [
        "13912345678",
        "+8613912345678",
        "8613912345678",
        "008613912345678",
        "013912345678",
        "+86 139-1234-5678",
    ],
)
def test_it_writes_every_form_of_a_chinese_mobile_number_in_one_way(written):
    assert e164(written, CHINA) == "+8613912345678"


@pytest.mark.parametrize(
    "written", ["0512345678", "512345678", "966512345678", "9660512345678", "+966512345678"]
)
def test_it_writes_every_form_of_a_saudi_mobile_number_in_one_way(written):
    assert e164(written, SAUDI_ARABIA) == "+966512345678"


@pytest.mark.parametrize("written", ["2025550123", "12025550123", "+1 (202) 555-0123"])
def test_it_knows_countries_without_a_trunk_prefix(written):
    assert e164(written, UNITED_STATES) == "+12025550123"


@pytest.mark.parametrize("number", ["+447700900123", "+29012345", "+123456789012345"])
def test_it_leaves_a_foreign_number_its_country(number):
    assert e164(number, CHINA) == number


@pytest.mark.parametrize(
    "written",
    [
        "",
        "+",
        "10086",
        "1069012345678",
        "CMBCHINA",
        "+1234567",
        "+1234567890123456",
        "+0861391234567",
        "+８６１３９１２３４５６７８",
        "+86CMBCHINA",
        "１３９１２３４５６７８",
    ],
)
def test_it_takes_service_numbers_and_names_for_nobodys_number(written):
    assert e164(written, CHINA) is None


@pytest.mark.parametrize("wrong", [{"country_code": "+86"}, {"mobile_digits": 2}, {"trunk_prefix": "00"}])
def test_its_plan_refuses_what_makes_no_sense(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, NumberingPlan)
