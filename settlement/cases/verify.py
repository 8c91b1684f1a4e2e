"""The body of `muster rules verify FILE.json`: do the rules answer a file of worked cases as it expects?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from settlement.cases.case_answers import answer_case
from settlement.cases.case_file import Case, CaseFile, read_case_file, seconds


class Mismatch(msgspec.Struct, frozen=True):
    """One field of one case that came out otherwise than expected."""

    case_id: str
    field: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.case_id} {self.field}: expected {self.expected} / actual {self.actual}"


class Report(msgspec.Struct, frozen=True):
    """How a case file came out; `str()` is what the command prints."""

    passed: int
    failed: int
    mismatches: tuple[Mismatch, ...]

    def __str__(self) -> str:
        return "\n".join([*map(str, self.mismatches), f"{self.passed} passed, {self.failed} failed"])


def verify_file(path: Path) -> Report:
    """Compute every case of the file and compare; a case that can't be understood fails by itself.

    Raises SettingsError when the file is no case file.
    """
    file, cases = read_case_file(path)
    per_case = [verify_case(file, case, raw) for case, raw in zip(cases, file.cases, strict=True)]
    failed = sum(bool(mismatches) for mismatches in per_case)
    return Report(len(cases) - failed, failed, tuple(mismatch for found in per_case for mismatch in found))


def main(path: Path) -> int:
    """Print the report of a case file; 1 when any case failed, else 0."""
    report = verify_file(path)
    print(report)
    return 1 if report.failed else 0


def verify_case(file: CaseFile, case: Case, raw: msgspec.Raw) -> tuple[Mismatch, ...]:
    """The mismatches of one case, in the order of its `expect`."""
    try:
        answer = answer_case(file, case, raw)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(_PLACE)
        field = where.rstrip("`").lstrip(".") or "case"
        return (Mismatch(case.id, field, _UNDERSTOOD, what),)
    except (ValueError, ArithmeticError) as error:
        # A time that no calendar holds, or a number that is none.
        return (Mismatch(case.id, "case", _UNDERSTOOD, str(error)),)
    found = _compare(case.expect, answer, "")
    return tuple(Mismatch(case.id, *difference) for difference in found)


_UNDERSTOOD = "a case that can be understood"

_PLACE = " - at `$"
"""What msgspec's sentences put before the place of an error."""

_WHEN_ABSENT: dict[str, object] = {
    "total": {"t_s": 0, "hours": "0.00"},
    "by_date": 0,
    "earned": 0,
    "balance": 0,
}
"""Objects in which leaving a name out says the same as giving it this value."""

_COMPLETE = {*_WHEN_ABSENT, "outcomes", "results", "reason"}
"""Objects in which the answer may have no name that the case does not expect."""

_IN_ANY_ORDER = ("flags", "missing")

_INSTANTS = ("in", "out", "claim")
"""Fields that hold an instant: ISO 8601 where expected, seconds since 1970 in the answer."""


def _compare(expected: object, actual: object, field: str) -> Iterator[tuple[str, str, str]]:
    """Every difference as (field, expected, actual). A field that `expect` does not name is not compared."""
    name = field.rpartition(".")[2]
    if isinstance(expected, dict) and isinstance(actual, dict):
        absent = _WHEN_ABSENT.get(name)
        extra = [key for key in actual if key not in expected] if name in _COMPLETE else []
        for key in [*expected, *extra]:
            inner = f"{field}.{key}" if field else key
            yield from _compare(expected.get(key, absent), actual.get(key, absent), inner)
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        if name in _IN_ANY_ORDER:
            expected, actual = sorted(expected, key=_shown), sorted(actual, key=_shown)
        for place, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from _compare(one, other, f"{field}[{place}]")
    elif not _is_same(expected, actual, field):
        yield field, _shown(expected), _instant(actual) if name in _INSTANTS else _shown(actual)


def _is_same(expected: object, actual: object, field: str) -> bool:
    """Whether two values say the same; an instant may be written in any zone."""
    is_instant = isinstance(expected, str) and field.rpartition(".")[2] in _INSTANTS
    meant = _second(expected) if isinstance(expected, str) and is_instant else expected
    return meant == actual and isinstance(meant, bool) == isinstance(actual, bool)


def _second(expected: str) -> int | str:
    """The second that an expected instant names; a text that is no instant stays as it is."""
    try:
        return seconds(datetime.fromisoformat(expected))
    except (TypeError, ValueError):
        return expected


def _instant(second: object) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat() if isinstance(second, int) else _shown(second)


def _shown(value: object) -> str:
    return "nothing" if value is None else msgspec.json.encode(value).decode()
