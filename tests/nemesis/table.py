"""The table of what was shown and what became of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.nemesis.kinds import Played

_HEAD = (
    "fault",
    "rounds",
    "shown",
    "missing",
    "duplicate",
    "altered",
    "misordered",
    "unnamed gaps",
    "longest healing",
)
_ALL = "**all**"
_FAILED = re.compile(r"(\d+) FAILED")


@dataclass
class Row:
    """One kind of fault: what was played, and the seeds of the rounds that went wrong."""

    name: str
    played: list[Played] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    impossible: str = ""

    @property
    def shown(self) -> int:
        return sum(one.shown for one in self.played)

    @property
    def counts(self) -> list[int]:
        """Missing, duplicate, altered, misordered, unnamed."""
        columns = [one.verdict.columns for one in self.played]
        return [sum(len(column[at]) for column in columns) for at in range(5)]

    @property
    def is_clean(self) -> bool:
        return not self.failed and not any(self.counts)

    def cells(self) -> list[str]:
        if self.impossible:
            return [self.name, f"not possible here: {self.impossible}", *[""] * 7]
        longest_s = max((one.healed_s for one in self.played), default=0.0)
        healed = f"{longest_s:.1f} s" + (f", {len(self.failed)} FAILED" if self.failed else "")
        return [self.name, str(len(self.played)), str(self.shown), *map(str, self.counts), healed]


def table_of(rows: Iterable[Row], before: str = "") -> str:
    """A table in Markdown, with the sums below; rows of the one `before` that were not played again stay."""
    cells = {each[0]: each for each in _cells_in(before)} | {row.name: row.cells() for row in rows}
    lines = [
        list(_HEAD),
        ["---", *["---:"] * (len(_HEAD) - 1)],
        *cells.values(),
        _sum_of(list(cells.values())),
    ]
    return "\n".join("| " + " | ".join(each) + " |" for each in lines) + "\n"


def _cells_in(table: str) -> list[list[str]]:
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [cells for cells in lines[2:] if cells[0] != _ALL]


def _sum_of(rows: list[list[str]]) -> list[str]:
    played = [cells for cells in rows if len(cells) == len(_HEAD) and cells[1].isdigit()]
    sums = [sum(int(cells[at]) for cells in played) for at in range(1, len(_HEAD) - 1)]
    longest_s = max((float(cells[-1].partition(" s")[0]) for cells in played), default=0.0)
    failed = sum(int(found[1]) for cells in played if (found := _FAILED.search(cells[-1])))
    return [_ALL, *map(str, sums), f"{longest_s:.1f} s" + (f", {failed} FAILED" if failed else "")]
