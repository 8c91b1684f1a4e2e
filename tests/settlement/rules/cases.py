"""Worked cases written by tests, in the format of the shared case file."""

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from settlement.cases.case_file import Case, CaseFile
from settlement.cases.verify import verify_case

SHARED = json.loads((Path(__file__).parents[2] / "vectors" / "settlement-cases.json").read_text("utf-8"))
FILE = msgspec.convert(
    {name: SHARED[name] for name in ("defaults", "default_credentials", "blocking_flags")} | {"cases": []},
    CaseFile,
)
DAY = "2026-03-07T{}:00+08:00"
SHIFT = [DAY.format("09:00"), DAY.format("12:00")]


def at(clock):
    """ "09:00" of 7 March in Shanghai; a whole instant stays as it is."""
    return DAY.format(clock) if len(clock) == 5 else clock


def scan(name, direction, clock, **changes):
    given = {
        "id": name, "terminal": "T1", "cred": "K1", "act": "A1", "dir": direction, "method": "qr",
        "t": at(clock), "off_s": 0,
    }  # fmt: skip
    return given | changes


def by_hand(name, direction, clock, **changes):
    said = {"cred": None, "method": "manual", "vol": "V1", "reason": "reader broken",
            "entered_by": "staff1", "confirmed_by": "staff2"}  # fmt: skip
    return scan(name, direction, clock, **said | changes)


def activity(**changes):
    given = {
        "site": "S1", "phases": [["executing", "2026-03-01T00:00:00+08:00"]], "shift": None, "breaks": [],
        "roster": None,
    }  # fmt: skip
    return given | changes


def stay(came, left, t_s, *flags, **more):
    given = {"act": "A1", "in": came and at(came), "out": left and at(left), "t_s": t_s, "flags": list(flags)}
    return given | more


def sessions(*sessions, **more):
    return {"sessions": list(sessions), **more}


def pair(came, left, **changes):
    return [scan("e1", "in", came, **changes), scan("e2", "out", left, **changes)]


def settle_case(events, *, rules=None, settle_at="2026-03-08T12:00:00+08:00", expect=None, **more):
    case = {
        "id": "X", "kind": "settle", "rules": rules or {}, "activities": {"A1": activity()},
        "settle_at": settle_at, "events": events, "expect": expect or {},
    }  # fmt: skip
    return case | more


def ledger_case(*steps, expect=None, **more):
    return {"id": "X", "kind": "ledger", "activities": {"A1": activity()}, "steps": list(steps),
            "expect": expect or {}} | more  # fmt: skip


def input_case(kind, given, expect, rules=None):
    return {"id": "X", "kind": kind, "input": given, "expect": expect, "rules": rules or {}}


def mismatches(case):
    """What `muster rules verify` would print of the case; nothing where it passes."""
    raw = msgspec.Raw(msgspec.json.encode(case))
    return [str(found) for found in verify_case(FILE, msgspec.json.decode(raw, type=Case), raw)]


def written(scenario, expect):
    """A generated day as a case."""
    (_, first), *later = scenario.rules.versions
    return {
        "id": "generated", "kind": "settle", "expect": expect,
        "rules": _settings(first),
        "later_rules": [{"from": since.isoformat(), "rules": _settings(rules)} for since, rules in later],
        "credited": scenario.credited,
        "lifted": {name: sorted(map(str, dates)) for name, dates in scenario.lifted.items()},
        "credentials": {
            name: {"vol": found.volunteer, "revoked_at": _instant(found.revoked_ms)}
            for name, found in scenario.credentials.items()
        },
        "activities": {name: _activity(found) for name, found in scenario.activities.items()},
        "settle_at": _instant(scenario.settle_at_s * 1000),
        "events": [_event(event) for event in scenario.deliveries],
    }  # fmt: skip


def _settings(rules):
    said = msgspec.to_builtins(rules)
    return {name: said[name] for name in [*SHARED["defaults"], "clock_bound_s", "max_shift_s", "date_zone"]}


def _activity(found):
    phases = [
        edge
        for start, until in found.executing
        for edge in (["executing", start], ["ended", until])
        if edge[1] is not None
    ]
    return {
        "site": found.site,
        "zone": found.zone,
        "kind": found.kind,
        "phases": [[phase, _instant(second * 1000)] for phase, second in phases],
        "shifts": [[_instant(second * 1000) for second in shift] for shift in found.shifts],
        "policy": {
            name: value for name, value in msgspec.to_builtins(found.policy).items() if value is not None
        },
        "breaks": [[_instant(second * 1000) for second in window] for window in found.breaks],
        "roster": None if found.roster is None else sorted(found.roster),
    }


def _event(event):
    manual = event.manual
    said = {
        "vol": manual.volunteer, "reason": manual.reason, "entered_by": manual.entered_by,
        "confirmed_by": manual.confirmed_by, "instead_of": manual.instead_of,
    } if manual else {}  # fmt: skip
    return said | {
        "id": event.id,
        "terminal": event.terminal,
        "seq": event.seq,
        "cred": event.credential,
        "act": event.activity,
        "dir": event.direction,
        "method": event.method,
        "t": _instant(event.device_ms),
        "off_s": None if event.offset_ms is None else event.offset_ms / 1000,
        "error_ms": event.error_ms,
        "rx": _instant(event.received_ms),
        "used_twice": event.used_twice,
    }


def _instant(milliseconds):
    if milliseconds is None:
        return None
    second, rest = divmod(milliseconds, 1000)
    moment = datetime.fromtimestamp(second, UTC).replace(microsecond=rest * 1000)
    return moment.isoformat()
