"""The review's filter in words."""

from foundation.words import Words
from settlement.review.wanted import Wanted
from settlement.web.filters import Asked, shown

FILTERS = (
    "kept", "flag", "site", "organisation", "terminal", "method", "waited", "late", "day", "person",
)  # fmt: skip


def filter_told(asked: Asked[Wanted], words: Words) -> dict[str, object]:
    """What is shown of the filter, each part with the way to take it away."""

    def say(name: str, value: str) -> str:
        match name:
            case "kept":
                said = words.say(f"page-review_{value}")
            case "flag":
                said = words.code("flag", value, "short")
            case "method":
                said = words.code("method", value)
            case _:
                said = value
        return words.say(f"filter-{name}", value=said)

    return shown(asked, words, say)
