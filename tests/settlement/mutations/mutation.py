"""One way to break a rule."""

from typing import NamedTuple


class Mutation(NamedTuple):
    """One rule broken: in `file`, `right` becomes `wrong`; those `tests` should notice.

    Both lie in a folder of that name, below `settlement/` and `tests/settlement/`.
    """

    name: str
    file: str
    right: str
    wrong: str
    folder: str = "rules"
    tests: str = "rules"
