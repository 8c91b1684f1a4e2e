"""What a kind of the inbox is: where it comes from, what is told of one thing, and which services decide."""

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from django.db.models import Model, QuerySet
from msgspec import Struct

from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.database.one_statement import count_together
from settlement.explain.sentences import Teller
from settlement.reach import Reach
from settlement.rule_book import rules_at

MOST_SHOWN = 50
"""Of a kind, the oldest; the others follow as these are decided."""


class Act(StrEnum):
    """What somebody may decide; `inbox-act_…` in the catalogs."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    KEEP = "keep"
    REJECT = "reject"
    APPROVE = "approve"
    NAME = "name"
    LETTER = "letter"
    RELEASE = "release"
    ACCEPT = "accept"
    GIVE_UP = "give_up"
    HAND_OUT = "hand_out"


class Said(Struct, frozen=True):
    """What somebody says with a decision: the note, and what was chosen where there is a choice."""

    note: str = ""
    choice: str = ""


class Item(Struct, frozen=True):
    """One thing that waits; `told` are sentences in the reader's language, `choices` what can be chosen.

    `volunteer` is None where it is about nobody; then `name` is what it is about.
    """

    number: int
    volunteer: int | None
    name: str
    since: str
    told: tuple[str, ...]
    acts: tuple[Act, ...]
    choices: tuple[tuple[str, str], ...] = ()


Decide = Callable[[int, Actor, int, Said], object]
"""The number of what waits, who decides, when (UTC milliseconds), and what that person says."""
Choices = Callable[[Sequence[Any], Reach], Mapping[int, Sequence[tuple[str, str]]]]
"""What can be chosen for each of these rows, by their numbers: codes and what people call them."""


def _about_volunteer(row: Any) -> tuple[int | None, str]:  # noqa: ANN401 - a row of the kind's own table
    return row.volunteer_id, row.volunteer.display_name


class Kind(Struct, frozen=True, kw_only=True):
    """`related` is read along with the rows, so that a page costs the same for any number of them."""

    code: str
    waiting: Callable[[Reach], "QuerySet[Any]"]
    related: tuple[str, ...]
    tell: Callable[[Any, Words, int], tuple[str, ...]]
    since_ms: Callable[[Any], int]
    acts: Mapping[Act, Decide]
    deed: Deed
    deeds: Mapping[Act, Deed] = {}
    """Of those acts that need another one."""
    fits: Callable[[Any], Collection[Act]] | None = None
    """Which of the acts one thing waits for; all where not said."""
    about: Callable[[Any], tuple[int | None, str]] = _about_volunteer
    choices: Choices | None = None
    by_person: bool = False
    """Whether it is reached where its volunteer is; else where its activity or its organisations are."""
    page: str = ""
    """Where one is looked at and decided with more than a note."""

    def deed_of(self, act: Act) -> Deed:
        """What it takes to decide so."""
        return self.deeds.get(act, self.deed)


NO_CHOICE: Final[tuple[tuple[str, str], ...]] = ()


def counts_of(kinds: Sequence[Kind], reach: Reach) -> list[int]:
    """How many wait of each kind, by a few statements for all."""
    by_person = [kind for kind in kinds if kind.by_person]
    others = [kind for kind in kinds if not kind.by_person]
    counts = dict(
        zip(
            (kind.code for kind in others),
            count_together(*(kind.waiting(reach) for kind in others)),
            strict=True,
        )
    )
    counts |= zip(
        (kind.code for kind in by_person),
        reach.count_by_person(*(kind.waiting for kind in by_person)),
        strict=True,
    )
    return [counts[kind.code] for kind in kinds]


def items_of(kind: Kind, reach: Reach, words: Words, now_ms: int) -> list[Item]:
    """The oldest that wait, told in the reader's language."""
    rows = [*kind.waiting(reach).select_related(*kind.related)[:MOST_SHOWN]]
    zone = rules_at(now_ms).settlement_tz
    choices = kind.choices(rows, reach) if kind.choices else {}
    found = []
    for row in rows:
        volunteer, name = kind.about(row)
        found.append(
            Item(
                number=row.pk,
                volunteer=volunteer,
                name=name,
                since=Teller(words, zone).when(kind.since_ms(row)),
                told=kind.tell(row, words, now_ms),
                acts=tuple(act for act in kind.acts if kind.fits is None or act in kind.fits(row)),
                choices=tuple(choices.get(row.pk, NO_CHOICE)),
            )
        )
    return found


def reached(kind: Kind, reach: Reach, number: int) -> Model | None:
    """What waits under that number within reach; None where nothing does."""
    found: Model | None = kind.waiting(reach).filter(pk=number).first()
    return found
