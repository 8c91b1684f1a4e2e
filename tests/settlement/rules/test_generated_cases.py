"""The whole way through the case format: generated days, junk in every place, and answers that are wrong."""

import copy
import random

import msgspec
import pytest
from hypothesis import given

from tests.settlement.rules.cases import FILE, SHARED, mismatches, written
from tests.settlement.rules.oracle import by_date, local_date, settle_slowly, zone_of
from tests.settlement.rules.scenarios import on_days, scenarios

JUNK = (
    None, 0, -1, 10**12, 10**30, 1.5, "", "x", "NaN", "Infinity", "9999-12-31T23:59:59+00:00",
    "0001-01-01T00:00:00+14:00", "9999-12-31", [], {}, [1], ["a", 1], [None], True, "\0", "V" * 100_000,
)  # fmt: skip


def expected(scenario):
    """What the slow implementation says, in the words of the format."""
    outcomes, stays = settle_slowly(*scenario.arguments())
    ids = [event.id for event in scenario.deliveries]
    listed = {}
    for place, (name, outcome) in enumerate(zip(ids, outcomes, strict=True)):
        delivery = ids[: place + 1].count(name)
        if outcome != "used" or ids.count(name) > 1:
            listed[name if delivery == 1 else f"{name}#{delivery}"] = outcome
    return {
        "outcomes": listed,
        "sessions": [
            {
                "vol": stay.volunteer,
                "act": stay.activity.id,
                "in": stay.in_s,
                "out": stay.out_s,
                "t_s": len(stay.seconds),
                "flags": sorted(stay.flags),
                "line_date": local_date(zone_of(stay.rules, stay.activity), stay.start_s).isoformat(),
                "version": stay.rules.version,
                "by_date": {day.isoformat(): t_s for day, t_s in by_date(stay).items()},
            }
            for stay in stays
        ],
    }


@on_days(150)
@given(scenarios())
def test_a_generated_day_passes_as_a_case_with_the_oracles_answer(scenario):
    assert mismatches(written(scenario, expected(scenario))) == []


def places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, found in inner:
        yield from places(found, (*path, name))


def with_junk(case, path, junk):
    spoilt = copy.deepcopy(case)
    inner = spoilt
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = junk
    return spoilt


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["id"])
def test_junk_in_any_place_fails_the_case_and_never_the_run(case):
    drawn = random.Random(case["id"])
    for path in list(places(case))[1:]:
        if path[0] not in ("id", "kind", "expect") or len(path) > 1:
            spoilt = with_junk(case, path, drawn.choice(JUNK))
            try:
                assert isinstance(mismatches(spoilt), list)
            except msgspec.ValidationError:
                assert path[0] in ("rules", "credentials"), "these are read with the file"


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["id"])
def test_every_value_that_a_case_expects_is_compared(case):
    for path in places(case["expect"]):
        value = case["expect"]
        for name in path:
            value = value[name]
        if path and not isinstance(value, dict | list):
            assert mismatches(with_junk(case, ("expect", *path), "something else")) != [], path


def test_the_shared_file_says_what_these_cases_are_read_with():
    assert FILE.defaults == SHARED["defaults"]
