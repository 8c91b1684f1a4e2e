"""docs/reliability.md, of which each command that plays faults writes its own section."""

import platform
import time
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"


def write_section(name: str, table: str, rounds: int, first_seed: int, page: Path = PAGE) -> None:
    """Put a table, and how it came about, between the marks of section `name`; all else stays."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"{page} has no section {name}")
    where = (
        f"{rounds} rounds, seeds from {first_seed}; Python {platform.python_version()},"
        f" {platform.system()} {platform.release()}, {time.strftime('%Y-%m-%d', time.gmtime())}."
    )
    page.write_text(f"{before}{begin}\n{table}\n{where}\n{end}{after}", encoding="utf-8")
