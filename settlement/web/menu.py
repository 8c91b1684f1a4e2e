"""The part of the menu that a page belongs to, by its address."""

from django.urls import ResolverMatch

_PARTS = frozenset(
    {
        *("now", "review", "inbox", "volunteers", "activities", "sheets"),
        *("reports", "terminals", "accounts", "mine"),
    }
)
"""The names of the menu's pages; the address of each begins with its name."""
_ELSEWHERE = {
    "": "board",
    "objection": "inbox",
    "decisions": "review",
    "enrolment": "terminals",
    "group-settings": "terminals",
    "screen-messages": "terminals",
    "terminal-messages": "terminals",
    "walk-in": "inbox",
    "audit": "accounts",
    "tokens": "accounts",
    "webhooks": "accounts",
    "inspections": "inbox",
    "sites": "activities",
    "organisations": "activities",
}
"""Where the address begins in another way."""


def part_of(match: ResolverMatch | None) -> str:
    """The name of the menu's page that this one belongs to; "" for one that stands alone."""
    first = "none" if match is None else match.route.partition("/")[0]
    return first if first in _PARTS else _ELSEWHERE.get(first, "")
