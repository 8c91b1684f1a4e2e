"""What a replay tells: lines for the terminal, rows for a spreadsheet."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from foundation.errors import SettingsError
from foundation.troubles import FileTrouble
from foundation.words import Words
from settlement.rules.hours import display_hours
from settlement.rules.rule_set import RULES_OF_SETTING, RuleSet, changed_settings
from settlement.settling.replay import Replayed, ReplayedLine

_COLUMNS = (
    "volunteer", "activity", "local_date", "before_s", "after_s", "change_s", "adjustment_s", "rules",
    "flags_before", "flags_after",
)  # fmt: skip
_words = Words("en")


def tell_settings(current: RuleSet, proposed: RuleSet) -> list[str]:
    """The settings that differ, each with its rules."""
    told = [
        f"{name}: {_shown(getattr(current, name))} → {_shown(getattr(proposed, name))}"
        f" ({', '.join(RULES_OF_SETTING[name])})"
        for name in changed_settings(current, proposed)
    ]
    return told or ["No setting differs."]


def tell_line(found: ReplayedLine) -> str:
    """One line that would change: seconds, remarks, the responsible rules, and what is approved of it."""
    change = found.change
    told = [f"volunteer {change.key.volunteer}, {change.key.activity} on {change.key.local_date}:"]
    if change.change_s or None in (change.before_s, change.after_s):
        told.append(f"{_time(change.before_s)} → {_time(change.after_s)}")
    told += [f"+{flag}" for flag in change.flags_after if flag not in change.flags_before]
    told += [f"−{flag}" for flag in change.flags_before if flag not in change.flags_after]
    told.append(f"by {', '.join(change.rules)}")
    if found.adjustment_s:
        told.append(f"(approved time: {_signed(found.adjustment_s)})")
    return " ".join(told)


def tell_total(total: Replayed) -> list[str]:
    """What it comes to over everybody."""
    concerned = f"{total.changed_volunteers} of {total.volunteers} volunteers"
    return [
        f"{total.changed_lines} lines of {concerned} would change.",
        f"T of all lines: {display_hours(total.before_s)} h → {display_hours(total.after_s)} h.",
        f"Approved lines: {total.adjustments} would be adjusted, together by {_signed(total.adjusted_s)}.",
        f"Stars: {total.stars_gained} gained, {total.stars_lost} lost.",
        f"Points: {total.points_before} → {total.points_after}.",
        "Nothing was written.",
    ]


@contextmanager
def spreadsheet(path: Path) -> Iterator[Callable[[ReplayedLine], None]]:
    """A CSV file that takes the lines one by one; raises SettingsError where it can't be written."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(_COLUMNS)
            yield lambda found: rows.writerow(_row(found))
    except OSError as error:
        raise SettingsError(FileTrouble.FILE_NOT_WRITTEN, path=path, why=error.strerror) from error


def _row(found: ReplayedLine) -> list[object]:
    change = found.change
    return [
        *change.key,
        change.before_s,
        change.after_s,
        change.change_s,
        found.adjustment_s,
        " ".join(change.rules),
        " ".join(change.flags_before),
        " ".join(change.flags_after),
    ]


def _shown(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _time(seconds: int | None) -> str:
    return "no line" if seconds is None else _words.duration(seconds)


def _signed(seconds: int) -> str:
    return f"{'+' if seconds > 0 else ''}{_words.duration(seconds)}"
