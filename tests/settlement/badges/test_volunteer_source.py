import datetime as dt

import pytest

from foundation.errors import RulesError, SettingsError
from settlement.accounts.audit import Signed
from settlement.badges.volunteer_source import wanted_of_centre
from settlement.master_data.people import assign, enter_volunteer, revoke_credential
from settlement.models import Volunteer
from sync.contract.badge import Badge
from tests.english import in_english
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

NOW_MS = 1_772_856_000_000


@pytest.fixture(autouse=True)
def people():
    for number, name in ((3, "Sam"), (1, "李明"), (2, "سارة")):
        enter_volunteer(number, name, Signed(None, 0))
    Volunteer.objects.filter(number=3).update(suspended=True)


def wanted(*numbers, activity=None, last_day=None, demo=False):
    return wanted_of_centre(numbers, activity, last_day, actor("zhao"), NOW_MS, demo=demo)


def test_everybody_who_is_not_suspended_gets_a_badge():
    assert [(in_english(one.place), one.badge, one.name) for one in wanted()] == [
        ("volunteer 1", Badge(1), "李明"),
        ("volunteer 2", Badge(2), "سارة"),
    ]


def test_a_last_day_and_the_demo_stand_in_the_badge():
    last_day = dt.date(2026, 12, 31)
    (one,) = wanted(2, last_day=last_day, demo=True)
    assert one.badge == Badge(2, last_day=last_day, demo=True)


def test_who_lost_a_badge_gets_the_next_serial():
    revoke_credential("badge:1.1", NOW_MS, NOW_MS)
    assert wanted(1)[0].badge.serial == 2
    revoke_credential("badge:1.2", NOW_MS, NOW_MS)
    revoke_credential("badge:1.10", NOW_MS, NOW_MS)
    assert wanted(1)[0].badge.serial == 11


def test_a_revocation_that_was_taken_back_leaves_the_badge_as_it_was():
    revoke_credential("badge:1.1", NOW_MS, NOW_MS)
    revoke_credential("badge:1.1", None, NOW_MS)
    assert wanted(1)[0].badge.serial == 1


def test_a_revoked_phone_says_nothing_of_the_badge():
    revoke_credential("phone:1", NOW_MS, NOW_MS)
    assert wanted(1)[0].badge.serial == 1


def test_an_activity_chooses_whom_it_expects(fair):
    assign(fair, Volunteer.objects.get(number=2), Signed(None, NOW_MS))
    assert [one.badge.volunteer for one in wanted(activity="fair")] == [2]
    with pytest.raises(SettingsError, match="for 1"):
        wanted(1, activity="fair")


@pytest.mark.parametrize("numbers", [(3,), (4,), (1, 4)])
def test_who_can_get_none_is_told(numbers):
    with pytest.raises(SettingsError, match=f"No badge can be printed for {numbers[-1]}"):
        wanted(*numbers)


def test_an_unknown_activity_is_told():
    with pytest.raises(RulesError, match="no activity 'moon'"):
        wanted(activity="moon")
