"""Who acts: a person by an account, with a level, a node of the tree and roles.

Services take an actor instead of a name, and rows keep both: the account, and the name as it was then.
"""

import unicodedata
from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """The five levels of accounts, from the highest; each acts at its node and below it."""

    SUPER = "super"
    SENIOR = "senior"  # districts, universities, large bodies
    MIDDLE = "middle"  # streets, sub-organisations
    ORDINARY = "ordinary"  # a team
    VOLUNTEER = "volunteer"  # the own record

    def is_at_least(self, other: "Level") -> bool:
        """Whether it is that level or a higher one."""
        return _RANK[self] <= _RANK[other]


class Role(StrEnum):
    """What somebody does beside the level."""

    REVIEWER = "reviewer"  # decides on hours
    LIAISON = "liaison"  # enters what volunteers report, one for each organisation
    INSPECTOR = "inspector"  # visits sites
    SUPERVISOR = "supervisor"  # of activities: confirms and reviews


_RANK = {level: rank for rank, level in enumerate(Level)}


class Actor(Struct, frozen=True, kw_only=True):
    """A person who acts. `node` is the path of the own organisation, empty for the whole tree.

    `person` is shared by all accounts of one person; `volunteer` is that person's own number, if any. Where
    numbers were merged it is the kept one, `numbers` are all of them, `persons` what their accounts share.
    """

    account: int
    login: str
    name: str
    level: Level
    person: str
    node: str = ""
    roles: frozenset[Role] = frozenset()
    volunteer: int | None = None
    numbers: frozenset[int] = frozenset()
    persons: frozenset[str] = frozenset()

    def is_volunteer(self, number: int) -> bool:
        """Whether that is the person's own number, or one of them."""
        return number == self.volunteer or number in self.numbers

    @property
    def mark(self) -> str:
        """What names this person in evidence and entries, whatever the account and the spelling."""
        return mark_of(self.person, self.volunteer)

    @property
    def marks(self) -> frozenset[str]:
        """Everything that may name this person: in older rows a name or a number stands alone."""
        own = {self.mark, mark_of(self.person, None), folded(self.name), folded(self.login)}
        own.update(map(str, self.numbers), (mark_of(person, None) for person in self.persons))
        return frozenset(own)

    def is_at_least(self, level: Level) -> bool:
        """Whether the account is of that level or a higher one."""
        return self.level.is_at_least(level)

    def is_above(self, level: Level) -> bool:
        """Whether the account is of a higher level than that."""
        return _RANK[self.level] < _RANK[level]


def mark_of(person: str, volunteer: int | None) -> str:
    """The mark of a person: the volunteer's number where the person is one."""
    return f"person:{person}" if volunteer is None else str(volunteer)


def marks_written(person: str | None, volunteer: int | None, name: str) -> frozenset[str]:
    """What names the person of a row: by the account where it has one, else by the name as it was written."""
    if person is None:
        return frozenset({folded(name)})
    return frozenset({mark_of(person, volunteer), mark_of(person, None)})


def folded(name: str) -> str:
    """A name without what spelling adds: width, case, blanks; a number without its leading zeros."""
    text = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return str(int(text)) if text.isdecimal() else text
