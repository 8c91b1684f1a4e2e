"""What a volunteer may read about the own service."""

import pytest

from settlement.recognition.ratings import RaterRole, rate
from settlement.rules.ledger import LineState
from settlement.volunteers.record import service_record
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


def test_it_lists_every_line_with_its_state(mei, credit, city, choir, fair):
    credit(mei, 3600)
    credit(mei, -60, kind="adjustment")
    credit(mei, 7200, "2026-03-08", approved=False)
    credit(mei, 1800, "2026-03-09", activity=choir)
    credit(mei, 900, "2026-03-09", activity=choir, kind="adjustment", approved=False)
    record = service_record(mei.number)
    assert [(str(line.local_date), line.title, line.state, line.approved_s, line.waiting_s)
            for line in record.lines] == [
        ("2026-03-07", "Lantern fair", LineState.ADJUSTED, 3540, 0),
        ("2026-03-08", "Lantern fair", LineState.PENDING, 0, 7200),
        ("2026-03-09", "Choir", LineState.APPROVED, 1800, 900),
    ]  # fmt: skip
    assert [line.recorder_name for line in record.lines] == ["City of Lanterns"] * 2 + ["Choir association"]
    assert (record.total_s, record.hours) == (5340, "1.48")
    assert record.by_recorder == {city.path: 3540, choir.organisation.path: 1800}


def test_v_stands_beside_t_and_not_in_it(mei, credit, fair):
    credit(mei, 3600)
    rate(mei, fair, RaterRole.LEADER, 1500, by=actor("staff1"), now_ms=1)
    record = service_record(mei.number)
    assert (record.total_s, record.value_s) == (3600, 5400)
    assert record.lines[0].effect_pm == 1500


def test_stars_and_points_belong_to_it(mei, credit):
    credit(mei, 31 * 3600)
    record = service_record(mei.number)
    assert (record.stars, record.points) == (1, {2026: 2})


def test_somebody_without_service_has_an_empty_record(mei):
    record = service_record(mei.number)
    assert (record.lines, record.hours, record.stars) == ((), "0.00", 0)
