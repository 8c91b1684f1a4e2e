"""The table of what was shown and what became of it."""

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


def table_of(rows: list[Row]) -> str:
    """A table in Markdown, with the sums below."""
    total = Row(
        "**all**", [one for row in rows for one in row.played], [s for row in rows for s in row.failed]
    )
    lines = [list(_HEAD), ["---", *["---:"] * (len(_HEAD) - 1)], *(row.cells() for row in (*rows, total))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"
