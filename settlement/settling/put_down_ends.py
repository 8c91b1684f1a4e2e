"""Forgotten check-outs whose activity lets the centre claim the shift's end (S6): one person confirms it."""

from collections.abc import Iterator

from settlement.merged_numbers import merged_numbers
from settlement.models import ManualRecord
from settlement.records.reasons import CENTRE, RecordReason
from settlement.rules.evidence import Direction
from settlement.rules.trace import TraceCode
from settlement.settling.computation import Computation


def put_down_ends(computed: Computation, now_ms: int) -> int:
    """Enter a record of each such end that has none yet; returns how many. Needs a transaction.

    Nobody's hours change by it: it is evidence once a person has confirmed it (S16).
    """
    wanted = {(row.volunteer_id, row.stay, row.at_ms): row for row in _records(computed, now_ms)}
    if not wanted:
        return 0
    counted = merged_numbers().counted_for({volunteer for volunteer, _, _ in wanted})
    found = ManualRecord.objects.filter(volunteer__in=list(counted)).exclude(stay=None)
    rows = found.values_list("volunteer_id", "stay", "at_ms")
    known = {(counted[number], stay, at_ms) for number, stay, at_ms in rows}
    new = [row for place, row in wanted.items() if place not in known]
    ManualRecord.objects.bulk_create(new)
    return len(new)


def _records(computed: Computation, now_ms: int) -> Iterator[ManualRecord]:
    for number, result in computed.results.items():
        for session in result.sessions:
            for step in session.trace:
                if step.code is TraceCode.CLAIMED_TO_SHIFT_END and step.at_s is not None:
                    yield ManualRecord(
                        volunteer_id=number,
                        activity_id=session.activity,
                        direction=Direction.OUT,
                        at_ms=step.at_s * 1000,
                        reason="",
                        reason_code=RecordReason.FORGOTTEN_CHECK_OUT,
                        entered_by=CENTRE,
                        entered_ms=now_ms,
                        stay=session.in_event,
                    )
