"""Turning the stays at the same time into what pages print: a sentence, and the line that it is in."""

from collections.abc import Collection, Sequence

from django.urls import reverse
from msgspec import Struct

from foundation.words import Words
from settlement.explain.explanation import ExplainedSession
from settlement.models import LedgerEntry
from settlement.reach import Reach
from settlement.review.overlaps import Span, overlapped, told_overlap


class OverlapTold(Struct, frozen=True):
    """The other stay in words, and its line's address; empty where it is beyond reach or in no line yet."""

    text: str
    url: str


def overlaps_told(spans: Collection[Span], reach: Reach, words: Words) -> list[OverlapTold]:
    """Whatever these spans overlap, each stay once."""
    by_span = overlaps_by_span(spans, reach, words)
    return [*dict.fromkeys(one for some in by_span.values() for one in some)]


def overlaps_by_span(spans: Collection[Span], reach: Reach, words: Words) -> dict[Span, list[OverlapTold]]:
    """The same for each span."""
    found = overlapped(spans, reach)
    return {
        span: [
            OverlapTold(
                told_overlap(one, words), reverse("review-line", args=(one.entry,)) if one.entry else ""
            )
            for one in some
        ]
        for span, some in found.items()
    }


def spans_of(row: LedgerEntry, sessions: Sequence[ExplainedSession]) -> list[Span]:
    """When the volunteer of a line was there; stays without both ends overlap nothing that is known."""
    return [
        Span(row.volunteer_id, row.activity_id, one.in_s, one.out_s)
        for one in sessions
        if one.in_s is not None and one.out_s is not None
    ]
