"""What another rule set makes of the same evidence, line by line, and which rule is responsible."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

import msgspec

from settlement.rules.flags import RULE_OF_FLAG, Flag
from settlement.rules.rule_set import RULES_OF_SETTING, RuleSet, changed_settings
from settlement.rules.settle import Line, LineKey, Session, by_line

_PAIRING = ("S0", "S4", "S5")
"""The rules that decide which scans make a session."""


class LineChange(msgspec.Struct, frozen=True):
    """A line under two rule sets; None seconds: it does not exist under that one.

    `rules` are those that are responsible: of the rules that came out otherwise, the ones whose settings
    differ, or all where none of their settings does.
    """

    key: LineKey
    before_s: int | None
    after_s: int | None
    flags_before: tuple[Flag, ...]
    flags_after: tuple[Flag, ...]
    rules: tuple[str, ...]

    @property
    def change_s(self) -> int:
        """Seconds that the line gains or loses."""
        return (self.after_s or 0) - (self.before_s or 0)


class Computed(msgspec.Struct, frozen=True):
    """The lines and sessions of one volunteer under one rule set."""

    lines: Sequence[Line]
    sessions: Sequence[Session]


def changed_rules(before: RuleSet, after: RuleSet) -> frozenset[str]:
    """The rules whose settings differ."""
    return frozenset(rule for name in changed_settings(before, after) for rule in RULES_OF_SETTING[name])


def compare_lines(before: Computed, after: Computed, changed: Collection[str]) -> Iterator[LineChange]:
    """The lines of one volunteer that differ in seconds or remarks, by key; `changed` of `changed_rules`."""
    lines_before = {line.key: line for line in before.lines}
    lines_after = {line.key: line for line in after.lines}
    sessions_before, sessions_after = by_line(before.sessions), by_line(after.sessions)
    for key in sorted(lines_before.keys() | lines_after.keys()):
        old, new = lines_before.get(key), lines_after.get(key)
        if old is not None and new is not None and (old.t_s, old.flags) == (new.t_s, new.flags):
            continue
        flags_before, flags_after = old.flags if old else (), new.flags if new else ()
        found = _differing(sessions_before.get(key, []), sessions_after.get(key, []))
        found |= {RULE_OF_FLAG[flag] for flag in {*flags_before} ^ {*flags_after}}
        if old is None or new is None:
            found.add("S12")
        yield LineChange(
            key=key,
            before_s=old.t_s if old else None,
            after_s=new.t_s if new else None,
            flags_before=flags_before,
            flags_after=flags_after,
            rules=tuple(sorted(found.intersection(changed) or found, key=_number)),
        )


def _differing(before: Sequence[Session], after: Sequence[Session]) -> set[str]:
    """The rules that came out otherwise for a line's sessions."""
    took_before, took_after = _taken(before), _taken(after)
    rules = {rule for rule in took_before.keys() | took_after.keys() if took_before[rule] != took_after[rule]}
    ends_before = {(session.in_event, session.out_event): (session.in_s, session.out_s) for session in before}
    ends_after = {(session.in_event, session.out_event): (session.in_s, session.out_s) for session in after}
    if ends_before.keys() != ends_after.keys():
        rules.update(_PAIRING)
    elif ends_before != ends_after:
        rules.add("S1")
    return rules


def _taken(sessions: Sequence[Session]) -> Counter[str]:
    """Seconds that each rule added or took."""
    taken: Counter[str] = Counter()
    for session in sessions:
        for step in session.trace:
            taken[step.rule] += step.change_s
    return taken


def _number(rule: str) -> int:
    return int(rule[1:])
