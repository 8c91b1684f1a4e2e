"""Entering and correcting activities and sites: clear errors, nothing half written."""

import pytest
from msgspec.structs import replace

from foundation.errors import RulesError
from settlement.accounts.audit import Signed
from settlement.master_data.activities import ActivityValues, enter_activity
from settlement.master_data.people import assign, enter_volunteer
from settlement.master_data.sites import enter_site
from settlement.models import Activity, Event, LedgerEntry, Site, Unsettled
from settlement.organisations.tree import add_organisation
from settlement.recognition.ratings import assessed_values
from settlement.review.decide import approve_clean_lines
from settlement.rules.evidence import Phase
from settlement.rules.policy import ActivityPolicy
from settlement.rules.rule_set import BreakMode

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def fair_values(noon_ms):
    """What the fixture `ended_fair` is made of."""
    return ActivityValues(
        id="fair",
        site="north",
        title="Lantern fair",
        phases=((Phase.EXECUTING, noon_ms - 12 * HOUR), (Phase.ENDED, noon_ms + 6 * HOUR)),
        shifts=((noon_ms - 3 * HOUR, noon_ms + 5 * HOUR),),
    )


def test_it_enters_an_activity_with_all_that_belongs_to_it(site, fair_values):
    city = add_organisation("City")
    values = replace(
        fair_values,
        organisation=city.path,
        content=" guides visitors ",
        recipients="visitors",
        breaks=((1000, 2000),),
        posts={"leader": 1500},
    )
    activity = enter_activity(values, Signed(None, 0))
    assert (activity.organisation, activity.content) == (city, "guides visitors")
    assert [phase.phase for phase in activity.phases.all()] == ["executing", "ended"]
    assert list(activity.posts.values_list("name", "duty_pm")) == [("leader", 1500)]
    assert (activity.shifts.count(), activity.breaks.count()) == (1, 1)


def test_entered_twice_it_is_the_same(site, fair_values):
    enter_activity(fair_values, Signed(None, 0))
    enter_activity(fair_values, Signed(None, 1))
    assert Activity.objects.get().phases.count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "ACTIVITY_WITHOUT_NAME"),
        ({"id": "?"}, "RESERVED_ID"),
        ({"site": "south"}, "UNKNOWN_SITE"),
        ({"organisation": "0009"}, "UNKNOWN_ORGANISATION"),
        ({"phases": ((Phase.STAFFING, 5), (Phase.EXECUTING, 5))}, "PHASES_OVERLAP"),
        ({"phases": ((Phase.STAFFING, 5), (Phase.EXECUTING, 4))}, "PHASES_OVERLAP"),
        ({"phases": ((Phase.ENDED, 5), (Phase.EXECUTING, 6))}, "PHASES_OUT_OF_ORDER"),
        ({"phases": ((Phase.EXECUTING, 5), (Phase.EXECUTING, 6))}, "PHASES_OUT_OF_ORDER"),
        ({"shifts": ((5, 9), (8, 12))}, "TIMES_OVERLAP"),
        ({"shifts": ((5, 5),)}, "TIMES_OVERLAP"),
        ({"breaks": ((9, 5),)}, "TIMES_OVERLAP"),
        ({"posts": {"leader": -1500}}, "WEIGHT_OUT_OF_RANGE"),
        ({"posts": {"leader": 2001}}, "WEIGHT_OUT_OF_RANGE"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(changes, code, site, fair_values):
    with pytest.raises(RulesError) as refused:
        enter_activity(replace(fair_values, **changes), Signed(None, 0))
    assert refused.value.code == code
    assert refused.value.remedy
    assert not Activity.objects.exists()


def test_shifts_that_touch_do_not_overlap(site, fair_values):
    assert enter_activity(replace(fair_values, shifts=((8, 12), (5, 8))), Signed(None, 0)).shifts.count() == 2


def test_a_wrong_correction_leaves_everything_as_it_was(site, fair_values):
    before = enter_activity(fair_values, Signed(None, 0))
    with pytest.raises(RulesError):
        enter_activity(replace(fair_values, title="New", organisation="0009"), Signed(None, 0))
    before.refresh_from_db()
    assert (before.title, before.phases.count()) == ("Lantern fair", 2)


def test_a_post_with_people_on_it_stays(site, fair_values, mei):
    activity = enter_activity(replace(fair_values, posts={"leader": 1500, "guide": 1000}), Signed(None, 0))
    assign(activity, mei, Signed(None, 0), post="leader")
    with pytest.raises(RulesError) as refused:
        enter_activity(replace(fair_values, title="New", posts={"guide": 1000}), Signed(None, 0))
    assert refused.value.code == "POST_TAKEN"
    assert Activity.objects.get().title == "Lantern fair"
    enter_activity(replace(fair_values, posts={"leader": 1200}), Signed(None, 0))
    assert list(activity.posts.values_list("name", "duty_pm")) == [("leader", 1200)]


def test_a_corrected_shift_adjusts_what_was_approved(
    mei, ended_fair, serve, reviewer, settle, entries, fair_values, noon_ms
):
    serve()
    approve_clean_lines(ended_fair, reviewer())
    enter_activity(
        replace(fair_values, shifts=((noon_ms - 2 * HOUR, noon_ms + 5 * HOUR),)), Signed(None, noon_ms)
    )
    settle()
    assert entries()[-1] == (1001, "adjustment", 1, -3600, "pending", "MASTER_DATA")


def test_a_correction_settles_those_too_whose_scans_counted_for_nothing(
    mei, ended_fair, serve, settle, entries, fair_values, noon_ms, terminal, deliver
):
    terminal.check_in(wall_ms=noon_ms + 7 * HOUR)
    terminal.check_out(wall_ms=noon_ms + 8 * HOUR)
    deliver()
    settle()
    assert entries() == []
    open_longer = ((Phase.EXECUTING, noon_ms - 12 * HOUR), (Phase.ENDED, noon_ms + 9 * HOUR))
    enter_activity(replace(fair_values, phases=open_longer, shifts=()), Signed(None, noon_ms))
    settle()
    assert entries() == [(1001, "original", 1, 3600, "pending", None)]


def test_an_activity_that_is_entered_late_finds_its_events(
    mei, site, terminal, deliver, settle, fair_values, noon_ms, entries
):
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + HOUR)
    deliver()
    assert set(Event.objects.filter(seq__gt=1).values_list("status", flat=True)) == {"needs_review"}
    enter_activity(fair_values, Signed(None, noon_ms))
    settle()
    assert entries() == [(1001, "original", 1, 3600, "pending", None)]


def test_a_correction_leaves_others_alone(mei, wei, site, ended_fair, serve, fair_values):
    serve()
    enter_activity(replace(fair_values, id="choir"), Signed(None, 0))
    assert not Unsettled.objects.exists()


# Sites.


@pytest.mark.parametrize("zone", ["Asia/Nowhere", "", "../etc/passwd", "Europe"])
def test_a_site_is_in_a_zone_that_exists(zone, db):
    with pytest.raises(RulesError) as refused:
        enter_site("east", Signed(None, 0), name="East gate", zone=zone)
    assert refused.value.code == "UNKNOWN_ZONE"
    assert not Site.objects.exists()


def test_a_site_speaks_a_language_of_ours_and_has_a_name(db):
    with pytest.raises(RulesError, match="can't speak 'tlh'"):
        enter_site("east", Signed(None, 0), name="East gate", zone="Asia/Riyadh", language="tlh")
    with pytest.raises(RulesError, match="a code and a name"):
        enter_site("east", Signed(None, 0), name=" ", zone="Asia/Riyadh")


def test_a_site_can_be_corrected(db):
    enter_site("east", Signed(None, 0), name="East gate", zone="Asia/Riyadh")
    enter_site("east", Signed(None, 0), name="East door", zone="Asia/Riyadh", language="ar")
    assert Site.objects.values_list("code", "name", "language").get() == ("east", "East door", "ar")


@pytest.mark.parametrize(("number", "name"), [(0, "Mei"), (10**12, "Mei"), (1, " "), (1, "M" * 81)])
def test_a_volunteer_has_a_number_and_a_name_that_can_be_shown(number, name, db):
    with pytest.raises(RulesError) as refused:
        enter_volunteer(number, name, Signed(None, 0))
    assert refused.value.code == "INVALID_VOLUNTEER"


def test_a_name_is_tidied_and_what_stands_in_none_is_named(db):
    assert (
        enter_volunteer(1, "\u200fمريم\u00a0 علی\u200cرضا", Signed(None, 0)).display_name
        == "مريم علی\u200cرضا"
    )
    with pytest.raises(RulesError) as refused:
        enter_volunteer(1, "Me\ni", Signed(None, 0))
    assert refused.value.code == "NAME_STRANGER"
    assert refused.value.trouble.arguments == {"code": "U+000A", "place": 3}


def test_scheduled_breaks_are_taken_off_what_was_served(
    mei, ended_fair, serve, settle, entries, settings, fair_values, noon_ms
):
    by_schedule = replace(settings.CENTRE.rules, break_mode=BreakMode.SCHEDULED)
    settings.CENTRE = replace(settings.CENTRE, rules=by_schedule)
    enter_activity(replace(fair_values, breaks=((noon_ms, noon_ms + HOUR // 2),)), Signed(None, noon_ms))
    serve()
    assert entries() == [(1001, "original", 1, 15 * HOUR // 2000, "pending", None)]
    assert LedgerEntry.objects.get().flags == ["BREAK_DEDUCTED"]


def test_an_activitys_own_policy_takes_its_breaks_off(mei, ended_fair, serve, entries, fair_values, noon_ms):
    own = ActivityPolicy(break_mode=BreakMode.SCHEDULED)
    enter_activity(
        replace(fair_values, breaks=((noon_ms, noon_ms + HOUR // 2),), policy=own), Signed(None, noon_ms)
    )
    serve()
    assert entries() == [(1001, "original", 1, 15 * HOUR // 2000, "pending", None)]


def test_the_post_weighs_the_value_and_not_the_time(mei, ended_fair, serve, reviewer, fair_values):
    activity = enter_activity(replace(fair_values, posts={"leader": 1500}), Signed(None, 0))
    assign(activity, mei, Signed(None, 0), post="leader")
    serve()
    approve_clean_lines(ended_fair, reviewer())
    (value,) = assessed_values(1001)
    assert (value.t_s, value.duty_pm, value.v_s) == (8 * 3600, 1500, 12 * 3600)
