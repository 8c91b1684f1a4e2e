"""How decisions are carried out that are held and neither approve nor reject: caps lifted, stays credited."""

from collections.abc import Mapping
from typing import Final

from settlement.review.decide import Reviewer
from settlement.review.held import Verdict, Way
from settlement.review.lifted_caps import lift_cap
from settlement.settling.credited_stays import credit_stay


def _lift(entry: int, reviewer: Reviewer) -> object:
    return lift_cap(entry, reviewer.by, reviewer.note, reviewer.now_ms)


def _credit(entry: int, reviewer: Reviewer) -> object:
    return credit_stay(entry, reviewer.by, reviewer.note, reviewer.now_ms, override=reviewer.override)


WAYS: Final[Mapping[Verdict, Way]] = {Verdict.LIFT_CAP: _lift, Verdict.CREDIT_STAY: _credit}
