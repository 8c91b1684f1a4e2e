"""The city's file, its names and its roll: the same in every demo, and of nobody real by accident twice."""

from collections import Counter

from muster.demo.city.names import made_up
from muster.demo.day import load_day
from tests.muster.demo.city.conftest import NOW_MS

STAFF = ("liaison-7", "leader-2")


def roll(volunteers):
    from muster.demo.city.people import residents_of
    from muster.demo.city.plan import load_city
    from muster.demo.city.roll import Caller

    plan = load_city()
    residents = residents_of(plan, volunteers)
    return plan, residents, Caller(plan, residents, NOW_MS, STAFF).draw_up()


def test_a_thousand_names_are_a_thousand_and_of_three_scripts():
    made = [made_up(place) for place in range(1000)]
    assert len({one.name for one in made}) == 1000
    assert Counter(one.language for one in made) == {"zh-Hans": 500, "ar": 250, "": 250}


def test_nobody_of_the_city_is_called_as_somebody_of_the_demos_day():
    of_the_day = {one.name for one in load_day().volunteer}
    assert not of_the_day & {made_up(place).name for place in range(1000)}


def test_four_hundred_belong_to_three_organisations_one_below_the_other():
    plan, residents, _ = roll(400)
    belong = Counter(one.organisation for one in residents)
    assert sum(belong.values()) == 400
    city, district, team = (one.path for one in plan.organisation)
    assert team.startswith(district)
    assert district.startswith(city)
    assert min(belong[path] for path in (city, district, team)) >= 100


def test_the_same_people_come_at_the_same_seconds_each_time():
    (_, _, one), (_, _, other) = roll(100), roll(100)
    assert one.scans == other.scans
    assert one.expected == other.expected


def test_nobody_comes_later_than_now_and_nobody_has_two_cases_on_a_day():
    for volunteers in (60, 400, 1000):
        _, _, drawn = roll(volunteers)
        assert max(scan.at_ms for scan in drawn.scans) <= NOW_MS
        days = Counter((one.volunteer, day) for one in drawn.cases for day in one.case.days)
        assert max(days.values()) == 1


def test_a_large_city_has_more_than_sixty_doubtful_lines():
    _, _, drawn = roll(400)
    assert sum(bool(one.case.flags) for one in drawn.cases) > 50
