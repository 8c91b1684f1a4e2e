"""Turning the board's values into what a template prints: local times, words, symbols, links."""

import datetime as dt
from typing import Any

from django.urls import reverse
from msgspec import Struct

from foundation.trouble import Trouble
from settlement.explain.rules_document import address_of
from settlement.explain.sentences import Teller
from settlement.local_times import offset_where_twice
from settlement.rules.flags import BLOCKING_FLAGS
from settlement.web.board import Board, BoardLine, EvidenceState, Stay, TerminalRow
from settlement.web.frame import Labels

_SYMBOLS = {
    EvidenceState.COMPLETE: "✔",
    EvidenceState.MISSING: "✖",
    EvidenceState.DOUBTED: "▲",
    EvidenceState.SILENT: "◌",
}
_CLOCKS = ("synced", "holdover", "rtc", "unset")


class Moment(Struct, frozen=True):
    """A local time; `raw` is the UTC it was made of, `link` leads to the event that proves it."""

    text: str
    raw: str = ""
    link: str = ""


class Remark(Struct, frozen=True):
    """A flag: symbol, short words, the whole sentence. A blocking one asks a reviewer for a decision."""

    symbol: str
    text: str
    sentence: str
    blocking: bool


class StayRow(Struct, frozen=True):
    """One row of the table: a session."""

    came: Moment
    left: Moment
    presence: str
    is_open: bool
    remarks: list[Remark]
    steps: list[dict[str, str]]


class LineRow(Struct, frozen=True):
    """A volunteer's line with its sessions; `span` is how many rows it needs."""

    name: str
    number: int
    title: str
    hours: str
    span: int
    sessions: list[StayRow]


class Page:
    """Formats one board for one reader."""

    def __init__(self, board: Board, teller: Teller, labels: Labels) -> None:
        self._board = board
        self._teller = teller
        self._labels = labels

    def context(self) -> dict[str, Any]:
        """What the template `board.html` prints."""
        board = self._board
        return {
            "board": board,
            "present": [
                {
                    "name": row.name,
                    "number": row.volunteer,
                    "title": row.title,
                    "since": self._moment(row.since_s),
                }
                for row in board.present
            ],
            "lines": [self._line(line) for line in board.lines],
            "uncounted": [
                {
                    "name": row.name,
                    "number": row.volunteer,
                    "at": self._moment(row.at_s, row.event),
                    "why": row.text,
                }
                for row in board.uncounted
            ],
            "terminals": [self._terminal(row) for row in board.terminals],
        }

    def _line(self, line: BoardLine) -> LineRow:
        sessions = [self._stay(stay) for stay in line.sessions]
        return LineRow(line.name, line.volunteer, line.title, line.hours, len(sessions), sessions)

    def _stay(self, stay: Stay) -> StayRow:
        known = stay.in_s is not None and stay.out_s is not None
        return StayRow(
            came=self._moment(stay.in_s, stay.in_event),
            left=self._moment(stay.out_s, stay.out_event),
            presence=self._teller.words.duration(stay.presence_s) if known else "–",
            is_open=stay.is_open,
            remarks=[self._remark(flag) for flag in stay.flags if flag != "OPEN"],
            steps=[
                {"rule": step.rule, "where": address_of(step.rule), "text": step.text, "code": step.code}
                for step in stay.steps
            ],
        )

    def _remark(self, flag: str) -> Remark:
        blocking = flag in BLOCKING_FLAGS
        sentence = self._teller.words.code("flag", flag)
        return Remark("▲" if blocking else "•", self._teller.flag(flag), sentence, blocking)

    def _terminal(self, row: TerminalRow) -> dict[str, Any]:
        clock = self._teller.words.code("clock", row.clock) if row.clock in _CLOCKS else "–"
        heard = self._moment(row.heard_ms // 1000) if row.heard_ms is not None else None
        alarming = bool(row.missing or row.forks or row.alarms or row.certificate_warning)
        return {
            "row": row,
            "symbol": _SYMBOLS[row.state],
            "state": self._labels[row.state],
            "clock": clock,
            "heard": heard,
            "alarming": alarming,
            "alarms": [self._teller.words.trouble(Trouble.term("alarm", code)) for code in row.alarms],
        }

    def _moment(self, utc_s: int | None, event: str = "") -> Moment:
        if utc_s is None:
            return Moment(self._labels["unknown"], "", link_to(event))
        local = self._teller.moment(utc_s)
        day = "" if local.date() == self._board.date else f"{local:%m-%d} "
        raw = dt.datetime.fromtimestamp(utc_s, dt.UTC).isoformat()
        return Moment(f"{day}{local:%H:%M:%S}{offset_where_twice(local)}", raw, link_to(event))


def link_to(event: str) -> str:
    """The address of the page that shows an event (terminal/epoch/seq) or a manual record (manual/number).

    Empty for none.
    """
    if not event:
        return ""
    *place, number = event.split("/")
    if len(place) == 1:
        return reverse("manual-record", args=(int(number),))
    return reverse("evidence", args=(*place, int(number)))
