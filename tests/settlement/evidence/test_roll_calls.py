"""A roll that was called at a terminal is a visit at the centre, once."""

import pytest

from settlement.inspections import visits
from settlement.models import InspectedPerson
from settlement.reach import WHOLE
from sync.contract.events import RollCall, RollCalled

pytestmark = pytest.mark.django_db


def called(*people, **more):
    fields = {"inspector": "inspector-3", "seed": "5e" * 16, "present": 12, "present_digest": "d7" * 32}
    return fields | {"called": list(people)} | more


def test_it_is_a_visit_with_who_was_found_and_what_was_remarked(mei, wei, fair, terminal, deliver, noon_ms):
    people = [
        RollCalled("1001", "fair", seen=True),
        RollCalled("1002", "gone", seen=False, remark="at lunch\0"),
        RollCalled("99", "fair", seen=True),  # whom the centre does not know
    ]
    terminal.log(RollCall, **called(*people, draws=2), wall_ms=noon_ms)
    deliver()
    deliver()
    [visit] = visits(WHOLE)
    assert (visit.site_id, visit.terminal_id, visit.inspector) == ("north", terminal.name, "inspector-3")
    assert (visit.at_ms, visit.present, visit.draws, visit.seq) == (noon_ms, 12, 2, 2)
    rows = InspectedPerson.objects.order_by("volunteer")
    assert list(rows.values_list("volunteer_id", "activity_id", "seen", "remark")) == [
        (1001, "fair", True, None),
        (1002, None, False, "at lunch"),
    ]


def test_each_roll_call_is_a_visit_of_its_own(mei, fair, terminal, deliver):
    for _ in range(2):
        terminal.log(RollCall, **called(RollCalled("1001", "fair", seen=True)))
    deliver()
    assert visits(WHOLE).count() == 2
