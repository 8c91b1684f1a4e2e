"""Turning what is entered of an activity into what its page prints."""

from collections.abc import Iterable
from typing import Any

from foundation.words import Words
from settlement.explain.sentences import Teller
from settlement.look_up import fixed_by
from settlement.models import Activity
from settlement.rules.policy import ActivityPolicy
from settlement.rules.rule_set import RuleSet

MOST_TIMES = 60
"""Shifts and breaks of each activity that are shown, the latest."""


def phases_of(activity: Activity, now_ms: int, teller: Teller) -> list[dict[str, Any]]:
    """Each phase with when it begins and what it allows."""
    rows = [*activity.phases.all()]
    current = max((row.from_ms for row in rows if row.from_ms <= now_ms), default=None)
    return [
        {
            "name": teller.words.code("phase", row.phase),
            "since": teller.when(row.from_ms),
            "allows": teller.words.code("phase_allows", row.phase),
            "current": row.from_ms == current,
        }
        for row in rows
    ]


def times_of(rows: Iterable[Any], teller: Teller) -> list[tuple[str, str]]:
    """From when to when, the end without its date where that is the same."""
    told = []
    for row in rows:
        start, end = teller.when(row.start_ms), teller.when(row.end_ms)
        told.append((start[:16], end[11:16] if start[:10] == end[:10] else end[:16]))
    return told


def policy_of(activity: Activity, rules: RuleSet, words: Words) -> list[dict[str, Any]]:
    """What holds for an activity, and whether it fixes that itself."""
    own = fixed_by(activity)
    held = own.over(rules)
    return [
        {
            "name": words.say(f"policy-{name}"),
            "value": _value(name, getattr(held, name), words),
            "is_own": getattr(own, name) is not None,
        }
        for name in ActivityPolicy.__struct_fields__
    ]


def _value(name: str, value: object, words: Words) -> str:
    if value is None:
        return words.say("policy-none")
    if isinstance(value, int):
        return words.duration(value)
    return words.code("policy_value", f"{name}-{value}")
