"""The activities that wait, page by page: a page begins behind the last activity of the one before."""

from collections.abc import Sequence

from settlement.review.browse import WaitingActivity

MOST_AT_ONCE = 50


def page_behind(found: Sequence[WaitingActivity], after: str) -> tuple[list[WaitingActivity], str]:
    """The activities behind a place, the longest waiting first, and the place of the next page ("": none).

    Whatever is decided meanwhile, none is shown twice and none is passed over.
    """
    rows = [row for row in sorted(found, key=_place) if _place(row) > after]
    shown = rows[:MOST_AT_ONCE]
    return shown, _place(shown[-1]) if len(rows) > len(shown) else ""


def _place(row: WaitingActivity) -> str:
    return f"{row.oldest.isoformat()}.{row.id}"
