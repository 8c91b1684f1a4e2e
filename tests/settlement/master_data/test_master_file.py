"""Files of sites, organisations and activities: all is entered, or nothing, and each mistake is told."""

import pytest

from foundation.errors import SettingsError
from foundation.languages import LANGUAGES
from foundation.words import Words
from settlement.accounts.audit import Signed
from settlement.master_data.master_file import enter_master_file, read_master_file
from settlement.models import Activity, Organisation, PhaseChange, Site
from tests.english import in_english

pytestmark = pytest.mark.django_db

GOOD = """
[[site]]
code = "north"
name = "North gate"
zone = "Asia/Shanghai"

[[organisation]]
path = "0001"
name = "City"
issuer = "310115"

[[organisation]]
path = "00010001"
name = "East"

[[activity]]
id = "fair"
site = "north"
organisation = "00010001"
title = "Lantern fair"
phases = [["executing", 2026-03-07T00:00:00], ["ended", 2026-03-07T10:00:00+00:00]]
shifts = [[2026-03-07T09:00:00, 2026-03-07T17:00:00]]
breaks = [[2026-03-07T12:00:00, 2026-03-07T12:30:00]]
posts = {leader = 1500}
"""


@pytest.fixture
def enter(tmp_path):
    def _enter(text):
        file = tmp_path / "master.toml"
        file.write_text(text, encoding="utf-8")
        return enter_master_file(read_master_file(file), Signed(None, 0))

    return _enter


def test_it_enters_everything_in_the_zone_of_the_site(enter, noon_ms):
    assert enter(GOOD).count == 4
    fair = Activity.objects.get()
    assert (fair.site.zone, fair.organisation.name) == ("Asia/Shanghai", "East")
    hours = [row.from_ms - noon_ms for row in fair.phases.all()]
    assert [ms // 3_600_000 for ms in hours] == [-12, 6]
    assert fair.shifts.get().end_ms == noon_ms + 5 * 3_600_000
    assert fair.breaks.get().start_ms == noon_ms
    assert fair.posts.get().duty_pm == 1500


def test_entered_again_it_corrects(enter):
    enter(GOOD)
    enter(GOOD.replace('"East"', '"East side"').replace("North gate", "Gate"))
    assert list(Organisation.objects.order_by("path").values_list("name", flat=True)) == ["City", "East side"]
    assert Site.objects.get().name == "Gate"
    assert PhaseChange.objects.count() == 2


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("Asia/Shanghai", "Moon/Tranquility", "site 'north': The zone 'Moon/Tranquility'"),
        (
            'path = "00010001"',
            'path = "00020001"',
            "organisation '00020001': There is no organisation",
        ),
        ('path = "00010001"', 'path = "1"', "organisation '1': '1' is no place in the tree"),
        ('path = "00010001"', 'path = "00019999"', "organisation '00019999': '00019999' is no place"),
        ('"East"', '" "', "organisation '00010001': An organisation needs a name"),
        ('"310115"', '"31"', "organisation '0001': '31' is no issuer's number"),
        (
            'organisation = "00010001"',
            'organisation = "0003"',
            "activity 'fair': There is no organisation",
        ),
        ('site = "north"', 'site = "south"', "activity 'fair': There is no site 'south'"),
        ("2026-03-07T00:00:00", "2026-03-07T23:00:00", "activity 'fair': In fair, ended begins before"),
        ('"ended"', '"staffing"', "activity 'fair': In fair, staffing can't follow executing"),
        ("2026-03-07T17:00:00", "2026-03-07T09:00:00", "activity 'fair': The shifts of fair overlap"),
        ("2026-03-07T12:30:00", "2026-03-07T11:30:00", "activity 'fair': The breaks of fair overlap"),
        ("leader = 1500", "leader = -1", "activity 'fair': Duty -1"),
    ],
)
def test_one_mistake_stops_all_and_is_told(enter, right, wrong, told):
    assert right in GOOD
    done = enter(GOOD.replace(right, wrong))
    assert done.count == 0
    faults = [in_english(fault) for fault in done.faults]
    assert any(fault.startswith(told) for fault in faults), faults
    assert not Site.objects.exists()
    assert not Organisation.objects.exists()
    assert not Activity.objects.exists()


def test_every_mistake_is_told_at_once(enter):
    done = enter(GOOD.replace("Asia/Shanghai", "Moon").replace('"310115"', '"31"'))
    assert [in_english(fault).partition(":")[0] for fault in done.faults] == [
        "organisation '0001'", "organisation '00010001'", "site 'north'", "activity 'fair'"
    ]  # fmt: skip


def test_a_time_that_the_clocks_skip_is_a_mistake(enter):
    text = GOOD.replace("Asia/Shanghai", "Europe/Berlin").replace(
        "2026-03-07T09:00:00", "2026-03-29T02:30:00"
    )
    (fault,) = enter(text).faults
    assert "does not exist once in Europe/Berlin" in in_english(fault)


def test_a_second_organisation_cannot_take_an_issuers_number(enter):
    enter(GOOD)
    (fault,) = enter('[[organisation]]\npath = "0002"\nname = "Other"\nissuer = "310115"').faults
    assert "Another organisation issues certificates as 310115" in in_english(fault)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[site]]\ncode = 3", "key 'site"),
        ("[[sites]]\ncode = 'n'", "key 'sites'"),
        ("[[activity]]\nid='a'\nsite='n'\ntitle='t'\nkind='party'", "invalid enum value 'party'"),
        ("[[site]", "can't be read"),
    ],
)
def test_a_file_that_says_something_else_is_refused(enter, text, why):
    with pytest.raises(SettingsError, match=why):
        enter(text)


def test_an_activity_may_fix_numbers_of_the_rules_otherwise(enter):
    enter(GOOD + 'policy = { early_credit_s = 1800, break_mode = "scheduled" }\n')
    assert Activity.objects.get().policy == {"early_credit_s": 1800, "break_mode": "scheduled"}
    enter(GOOD)
    assert Activity.objects.get().policy is None


@pytest.mark.parametrize("policy", ["early_credit_s = -1", "max_session_s = 1", 'break_mode = "lunch"'])
def test_what_no_activity_may_fix_is_refused(enter, policy):
    with pytest.raises(SettingsError, match="policy"):
        enter(f"{GOOD}policy = {{ {policy} }}\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_breaks_that_nothing_is_taken_off_for_are_told(enter, language):
    (notice,) = enter(GOOD).notices
    told = Words(language).what(notice)
    assert "fair" in told
    assert "break_mode" in told
    assert enter(GOOD + 'policy = { break_mode = "scheduled" }\n').notices == ()
    assert enter(GOOD.split("breaks", maxsplit=1)[0]).notices == ()
