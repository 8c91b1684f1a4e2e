"""In which order a list of people stands, and whom it shows: all, or one activity or shift. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from foundation.words import Words


class Order(StrEnum):
    """By what a list is ordered; TIME is as the engine tells it."""

    TIME = "time"
    NAME = "name"
    ACTIVITY = "activity"


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody in a list: the line that stands for them, and by what it is ordered and filtered."""

    key: str
    text: str
    name: str
    activity: str = ""
    shift: str = ""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What two keys change; `only` is the activity or the shift that is shown, "" for all."""

    order: Order = Order.TIME
    only: str = ""

    def by_next(self) -> "Arrangement":
        """By the next thing, and at the end by the first again."""
        orders = list(Order)
        return replace(self, order=orders[(orders.index(self.order) + 1) % len(orders)])

    def of_next(self, entries: Sequence[Entry]) -> "Arrangement":
        """Only the next activity or shift; after the last, all."""
        choices = ["", *_groups(one.activity for one in entries), *_groups(one.shift for one in entries)]
        place = choices.index(self.only) if self.only in choices else 0
        return replace(self, only=choices[(place + 1) % len(choices)])

    def of(self, entries: Sequence[Entry]) -> list[Entry]:
        """The entries as they are shown."""
        shown = [one for one in entries if self.only in ("", one.activity, one.shift)]
        match self.order:
            case Order.TIME:
                return shown
            case Order.NAME:
                return sorted(shown, key=lambda one: one.name.casefold())
            case Order.ACTIVITY:
                return sorted(shown, key=lambda one: (one.activity.casefold(), one.name.casefold()))

    def title(self, words: Words) -> str:
        """How the heading tells it."""
        by = words.say(f"order-{self.order}")
        return f"{by} · {words.say('order-only', what=self.only)}" if self.only else by


def _groups(names: Iterable[str]) -> list[str]:
    """What can be filtered by: nothing where all are of one."""
    different = sorted({name for name in names if name})
    return different if len(different) > 1 else []
