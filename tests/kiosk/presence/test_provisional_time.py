"""What a terminal tells provisionally is what the rules of the centre make of the same stays."""

import random
from itertools import pairwise

import pytest

from kiosk.presence.provisional_time import CreditRule, CreditStep, ProvisionalTime, provisional_time
from kiosk.presence.todays_stays import Stay
from settlement.rules.policy import ActivityPolicy
from settlement.rules.rule_set import BreakMode, RuleSet
from sync.contract.roster import RosterActivity, RosterCredit, RosterShift
from tests.settlement.rules.cast import activity, at, scan, settle

RULES = RuleSet()
HOUR_S = 3600


def told(of: RosterActivity, *spans: tuple[int, int], provable: bool = True) -> ProvisionalTime | None:
    stays = [
        Stay(of.id, since * 1000, until * 1000, ("e", place), provable)
        for place, (since, until) in enumerate(spans)
    ]
    return provisional_time(stays, {of.id: of}.get)


def at_terminal(shifts, breaks, policy: ActivityPolicy) -> RosterActivity:
    """As the centre tells it: `settlement/downlink/roster_credit.py`, whose test holds it to that."""
    own = policy.over(RULES)
    credit = RosterCredit(
        zone=RULES.settlement_tz,
        early_s=own.early_credit_s,
        late_s=own.late_credit_s,
        breaks=_shifts(breaks) if own.break_mode is BreakMode.SCHEDULED else [],
        auto_break_after_s=own.auto_break_after_s if own.break_mode is BreakMode.AUTO else 0,
        auto_break_s=own.auto_break_s if own.break_mode is BreakMode.AUTO else 0,
        min_session_s=own.min_session_s,
        daily_cap_s=own.daily_cap_s,
    )
    return RosterActivity("A1", "A", [], shifts=_shifts(shifts), credit=credit)


def _shifts(spans) -> list[RosterShift]:
    return [RosterShift(since * 1000, until * 1000) for since, until in spans]


def moments(chance: random.Random, count: int) -> list[tuple[int, int]]:
    """So many spans that follow each other, from 6 March in the evening on."""
    marks = sorted(chance.sample(range(0, 26 * HOUR_S, 100), 2 * count))
    first = at("20:00", days=-1)
    return [(first + low, first + high) for low, high in pairwise(marks)][::2]


@pytest.mark.parametrize("seed", range(60))
def test_it_is_what_the_centre_makes_of_the_same_stays(seed):
    chance = random.Random(seed)
    policy = ActivityPolicy(
        debounce_s=0,
        early_credit_s=chance.choice([0, 900]),
        late_credit_s=chance.choice([0, 600]),
        break_mode=chance.choice(list(BreakMode)),
        auto_break_after_s=2 * HOUR_S,
        daily_cap_s=chance.choice([3 * HOUR_S, 8 * HOUR_S, 86_400]),
    )
    shifts, breaks = moments(chance, chance.randrange(3)), moments(chance, chance.randrange(3))
    # A longer one is no stay (S5), at the terminal either.
    spans = [span for span in moments(chance, chance.randrange(2, 5)) if span[1] - span[0] <= 12 * HOUR_S]
    events = [
        scan(f"{place}{way}", way, moment)
        for place, span in enumerate(spans)
        for way, moment in zip(("in", "out"), span, strict=True)
    ]
    settled = settle(events, activity(shifts=tuple(shifts), breaks=tuple(breaks), policy=policy))
    last = settled.sessions[-1].line_date
    expected = sum(one.t_s for one in settled.sessions if one.line_date == last)
    found = told(at_terminal(shifts, breaks, policy), *spans)
    assert found is not None
    assert found.seconds == expected
    today = [one for one in settled.sessions if one.line_date == last]
    assert sum(step.seconds for step in found.steps) == sum(one.raw_s - one.t_s for one in today)


def test_each_rule_says_from_when_until_when_or_how_much():
    fair = at_terminal(
        [(at("09:00"), at("17:00"))],
        [(at("12:00"), at("12:30"))],
        ActivityPolicy(break_mode=BreakMode.SCHEDULED, daily_cap_s=7 * HOUR_S),
    )
    assert told(fair, (at("08:52"), at("17:04"))) == ProvisionalTime(
        7 * HOUR_S,
        (
            CreditStep(CreditRule.SHIFT_START, 480, at("09:00")),
            CreditStep(CreditRule.SHIFT_END, 240, at("17:00")),
            CreditStep(CreditRule.BREAK, 1800),
            CreditStep(CreditRule.DAILY_CAP, 1800),
        ),
    )


def test_nothing_is_told_that_the_terminal_cannot_know():
    fair, day = at_terminal([], [], ActivityPolicy()), (at("09:00"), at("10:00"))
    assert told(fair, day) == ProvisionalTime(HOUR_S)
    assert told(fair, day, provable=False) is None
    assert told(RosterActivity("A1", "older centre", []), day) is None
    assert told(RosterActivity("A1", "A", [], credit=RosterCredit(zone="No/Such")), day) is None
    assert provisional_time([], {}.get) is None
