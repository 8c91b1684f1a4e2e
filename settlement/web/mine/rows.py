"""Turning a volunteer's lines into what the own pages print: local times, words, steps."""

from typing import Any

import msgspec

from foundation.words import Words
from settlement.explain.sentences import Teller
from settlement.ledger.entries import booked_sessions
from settlement.local_times import clock_text
from settlement.models import LedgerEntry
from settlement.rules.hours import display_hours
from settlement.volunteers.own import OwnLine
from settlement.volunteers.record import ServiceLine


def line_row(line: ServiceLine, words: Words) -> dict[str, object]:
    """A line of the list."""
    stays = [
        tuple("?" if end is None else clock_text(end * 1000, line.zone) for end in (stay.came_s, stay.left_s))
        for stay in line.stays
    ]
    return {
        "date": line.local_date.isoformat(),
        "activity": line.activity,
        "title": line.title,
        "site": line.site,
        "stays": [f"{came}–{left}" for came, left in stays],
        "hours": display_hours(line.approved_s),
        "waiting": display_hours(line.waiting_s) if line.waiting_s else "",
        "state": words.code("line", line.state),
    }


def told_line(found: OwnLine, words: Words) -> dict[str, Any]:
    """One line in words, from the newest row of the ledger; the rows before it as its history."""
    newest = found.entries[-1]
    teller = Teller(words, newest.activity.site.zone)
    return {
        "activity": newest.activity,
        "day": newest.local_date.isoformat(),
        "stays": [
            {
                "steps": teller.steps(
                    one.in_s, one.out_s, one.raw_s, msgspec.to_builtins(list(one.trace)), one.t_s
                ),
                "flags": [words.code("flag", flag) for flag in one.flags],
            }
            for one in booked_sessions(newest)
        ],
        "history": [_told_entry(entry, teller) for entry in found.entries],
        "uncounted": [(teller.clock(one.at_s), teller.outcome(one.outcome)) for one in found.uncounted],
        "objections": [
            (one.objection, getattr(getattr(one, "answer", None), "answer", "")) for one in found.disputes
        ],
        "may_object": not any(not hasattr(one, "answer") for one in found.disputes),
    }


def _told_entry(entry: LedgerEntry, teller: Teller) -> dict[str, str]:
    review, words = getattr(entry, "review", None), teller.words
    state = review.state if review else "pending"
    return {
        "entered": teller.when(entry.entered_ms),
        "hours": display_hours(entry.delta_s),
        "why": words.code("adjustment", entry.reason) if entry.reason else "",
        "state": words.code("line", state),
        "decided": teller.when(review.at_ms) if review and review.by else "",
        "note": review.note if review else "",
    }
