"""Saying in somebody's language why a session counts what it counts."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from foundation.words import Words
from settlement.local_times import offset_where_twice
from settlement.models import Activity


class Step(Struct, frozen=True):
    """One step from presence to hours; `seconds` is what it added or took, `rule` names it (S1 … S11)."""

    rule: str
    code: str
    seconds: int
    text: str


class Teller:
    """Says times of one zone in one language."""

    def __init__(self, words: Words, zone: str) -> None:
        self.words = words
        self._zone = ZoneInfo(zone)
        self._titles: dict[str, str] = {}

    def clock(self, utc_s: int | None) -> str:
        """The local time of day, or nothing for a moment that is not known."""
        if utc_s is None:
            return ""
        at = self.moment(utc_s)
        return f"{at:%H:%M:%S}{offset_where_twice(at)}"

    def date_and_time(self, utc_s: int) -> str:
        """The local date and time of day; the seconds since 1970 for a moment that no calendar holds."""
        try:
            at = self.moment(utc_s)
            return f"{at:%Y-%m-%d %H:%M:%S}{offset_where_twice(at)}"
        except (OverflowError, ValueError, OSError):
            return str(utc_s)

    def when(self, utc_ms: int | None) -> str:
        """The same of milliseconds, or nothing for a moment that is not known."""
        return "" if utc_ms is None else self.date_and_time(utc_ms // 1000)

    def moment(self, utc_s: int) -> dt.datetime:
        """The same moment with its zone."""
        return dt.datetime.fromtimestamp(utc_s, self._zone)

    def steps(
        self, in_s: int | None, out_s: int | None, raw_s: int, trace: list[dict[str, Any]], t_s: int
    ) -> list[Step]:
        """The way from presence to T; the seconds of all but the last step add up to the last one's."""
        steps = []
        if in_s is not None and out_s is not None:
            ends = {"in": self.clock(in_s), "out": self.clock(out_s)}
            said = self.words.say("step-presence", seconds=self.words.duration(raw_s), **ends)
            steps.append(Step("", "presence", raw_s, said))
        steps += [self._step(found) for found in trace]
        steps.append(Step("", "total", t_s, self.words.say("step-total", seconds=self.words.duration(t_s))))
        return steps

    def outcome(self, code: str) -> str:
        """Why an event entered no session."""
        return self.words.code("outcome", code)

    def flag(self, code: str) -> str:
        """A flag in a word or two."""
        return self.words.code("flag", code, "short")

    def _step(self, found: dict[str, Any]) -> Step:
        change_s = int(found["change_s"])
        text = self.words.code(
            "step",
            found["code"],
            seconds=self.words.duration(change_s),
            at=self.clock(found.get("at_s")),
            activity=self._title(found.get("activity") or ""),
        )
        return Step(found["rule"], found["code"], change_s, text)

    def _title(self, activity: str) -> str:
        """What people call an activity; its id where it is not known any more."""
        if activity and activity not in self._titles:
            found = Activity.objects.filter(id=activity).values_list("title", flat=True).first()
            self._titles[activity] = found or activity
        return self._titles.get(activity, "")
