"""What the rules make of the evidence of some volunteers now; reads and computes, and writes nothing."""

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from settlement.merged_numbers import MergedNumbers, merged_numbers
from settlement.models import CreditedStay, Event, LiftedCap, ManualRecord
from settlement.rules.admission import Outcome
from settlement.rules.by_date import RulesByDate
from settlement.rules.evidence import Activity
from settlement.rules.evidence import Event as SupposedEvent
from settlement.rules.settle import Line, Session, Settlement, settle_volunteers
from settlement.settling.rule_inputs import Inputs, StoredClaim, load_inputs


class UnusedEvent(NamedTuple):
    """Evidence that entered no session: its row, its activity, the corrected second (UTC), and why."""

    chain: int
    seq: int
    activity: str
    at_s: int
    outcome: str


class VolunteerResult:
    """The part of a settlement that belongs to one volunteer."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.lines: list[Line] = []
        self.emptied: list[Line] = []
        self.outcomes: list[UnusedEvent] = []

    @property
    def total_s(self) -> int:
        """T of all sessions."""
        return sum(session.t_s for session in self.sessions)

    def digest(self) -> str:
        """The same for the same result by the same rules, whatever the order of arrival was."""
        lines = [(*line.key, line.t_s, line.flags, sorted(line.hands)) for line in self.lines]
        emptied = [(*line.key, sorted(line.hands)) for line in self.emptied]
        said = msgspec.json.encode([self.sessions, lines, sorted(self.outcomes), *emptied])
        return hashlib.sha256(said).hexdigest()


class Computation(msgspec.Struct, frozen=True):
    """The results by volunteer, and the activities that they are about."""

    results: Mapping[int, VolunteerResult]
    activities: Mapping[str, Activity]
    claims: Sequence[StoredClaim] = ()


def everybody_with_evidence() -> set[int]:
    """Every volunteer of whom a terminal or a manual record tells, and for whom it counts."""
    seen = Event.objects.filter(volunteer__isnull=False).order_by()
    written = ManualRecord.objects.filter(decision__confirmed=True).order_by()
    numbers = {
        *seen.values_list("volunteer__number", flat=True).distinct(),
        *written.values_list("volunteer__number", flat=True).distinct(),
    }
    return numbers.union(map(merged_numbers().kept, numbers))


def compute(
    volunteers: Collection[int],
    rules: RulesByDate,
    now_ms: int,
    supposed: Sequence[SupposedEvent] = (),
    merged: MergedNumbers | None = None,
) -> Computation:
    """Settle these volunteers from their evidence and the master data as they are stored now.

    `now_ms` is the time of settlement (UTC); it decides only what is still open (S6). `supposed` are entries
    by hand that count in addition, as `load_inputs` takes them; `merged` are the numbers of one person as
    they would be, where not as they are.
    """
    merged = merged or merged_numbers()
    inputs = load_inputs(volunteers, rules, supposed, merged)
    counted = merged.counted_for(volunteers)
    settlement = settle_volunteers(
        inputs.deliveries,
        inputs.activities,
        inputs.credentials,
        rules,
        now_ms // 1000,
        lifted_caps(counted),
        credited_stays(counted),
    )
    return Computation(_handed_out(volunteers, inputs, settlement), inputs.activities, inputs.claims)


def lifted_caps(counted: Mapping[int, int]) -> dict[str, set[dt.date]]:
    """The dates on which a reviewer lifted the daily cap, by volunteer (S11)."""
    found: dict[str, set[dt.date]] = {}
    lifted = LiftedCap.objects.filter(volunteer__in=list(counted))
    for number, day in lifted.values_list("volunteer__number", "local_date"):
        found.setdefault(str(counted[number]), set()).add(day)
    return found


def credited_stays(counted: Collection[int]) -> dict[str, str]:
    """The check-outs, by their check-ins, that a reviewer last said to end too long a stay (S5)."""
    said = CreditedStay.objects.filter(volunteer__in=list(counted)).order_by("pk")
    return dict(said.values_list("came", "left"))


def _handed_out(
    volunteers: Collection[int], inputs: Inputs, settlement: Settlement
) -> dict[int, VolunteerResult]:
    results = {number: VolunteerResult() for number in volunteers}
    for session in settlement.sessions:
        results[int(session.volunteer)].sessions.append(session)
    for line in settlement.lines:
        results[int(line.key.volunteer)].lines.append(line)
    for line in settlement.emptied:
        results[int(line.key.volunteer)].emptied.append(line)
    deliveries = zip(inputs.deliveries, inputs.places, inputs.owners, settlement.outcomes, strict=True)
    for event, (chain, seq), owner, outcome in deliveries:
        if outcome is not Outcome.USED:
            at_s = (event.device_ms + (event.offset_ms or 0)) // 1000
            results[owner].outcomes.append(UnusedEvent(chain, seq, event.activity, at_s, str(outcome)))
    for correction in inputs.without_effect:
        held = (correction.event.activity, correction.event.wall_ms // 1000)
        results[correction.volunteer].outcomes.append(
            UnusedEvent(*correction.place, *held, str(Outcome.CORRECTION_WITHOUT_EFFECT))
        )
    return results
