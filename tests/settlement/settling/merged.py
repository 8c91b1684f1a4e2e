"""Two numbers of one person: what their lines are, and what is refused."""

import pytest

from foundation.errors import RulesError
from settlement.models import (
    Line,
)
from settlement.settling.full_check import check_everything

HOUR_S = 3600
KEPT, GONE = 1001, 2001
WHY = "same identity card"


def lines():
    rows = Line.objects.order_by("volunteer", "activity", "local_date")
    return [(row.volunteer_id, row.activity_id, row.t_s // HOUR_S) for row in rows]


def assert_nothing_differs(at_ms):
    told = []
    assert "no difference" in str(check_everything(at_ms, told.append)), told


def refused(act, *given, **said):
    with pytest.raises(RulesError) as raised:
        act(*given, **said)
    return raised.value.code
