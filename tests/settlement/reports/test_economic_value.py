"""The economic value, compared with amounts computed by hand."""

import msgspec
import pytest

from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.reach import WHOLE
from settlement.reports.economic_value import RecordedSeconds, economic_value, money, report
from settlement.rules.hours import HourlyRate

RATE = HourlyRate(3847, "CNY", "Bureau of Statistics, table 4-12", 2025)


def test_it_is_time_times_rate_half_a_cent_up():
    """3600 s = 38.47; 1 s = 1.0686 cents; 5400 s = 57.705, rounded up; the total comes from all seconds."""
    value = economic_value(
        [
            RecordedSeconds("0001", 3600),
            RecordedSeconds("0002", 5400),
            RecordedSeconds("0002", 0),
            RecordedSeconds("", 1),
        ],
        RATE,
    )
    assert [(row.recorder, row.t_s, row.cents) for row in value.rows] == [
        ("", 1, 1),
        ("0001", 3600, 3847),
        ("0002", 5400, 5771),
    ]
    assert (value.t_s, value.cents) == (9001, 9619)


def test_the_total_is_not_the_sum_of_rounded_rows():
    value = economic_value(
        [RecordedSeconds(path, 1) for path in ("0001", "0002", "0003")], HourlyRate(1800, "CNY", "x", 2025)
    )
    assert (sum(row.cents for row in value.rows), value.cents) == (3, 2)


def test_a_takeback_is_worth_less_than_nothing():
    assert economic_value([RecordedSeconds("", -3600)], RATE).cents == -3847


@pytest.mark.parametrize("field", ["cents", "currency", "source", "year"])
def test_a_rate_without_its_source_is_refused(field):
    rate = msgspec.structs.replace(RATE, **{field: " " if field in ("currency", "source") else 0})
    with pytest.raises(RulesError, match=f"lacks: {field}") as refused:
        economic_value([RecordedSeconds("", 3600)], rate)
    assert refused.value.code == "RATE_WITHOUT_SOURCE"


@pytest.mark.parametrize(("cents", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123_456, "1234.56")])
def test_an_amount_has_two_decimals(cents, text):
    assert money(cents) == text


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_names_rate_source_and_year(language, settings, mei, credit):
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, economic_value=RATE)
    credit(mei, 7200)
    credit(mei, 3600, "2025-12-31")
    credit(mei, 3600, "2026-04-01", approved=False)
    table = report(WHOLE, 2026, Words(language))
    assert [row[2:] for row in table.rows] == [("2.00", "76.94"), ("2.00", "76.94")]
    for part in ("38.47", "CNY", "2025", "Bureau of Statistics, table 4-12"):
        assert part in table.notes[0]


@pytest.mark.django_db
def test_without_a_rate_in_the_settings_there_is_no_report():
    with pytest.raises(RulesError, match="lacks: cents, currency, source, year"):
        report(WHOLE, 2026, Words("en"))
