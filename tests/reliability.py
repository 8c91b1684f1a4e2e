"""docs/reliability.md, of which each command that plays faults writes its own section."""

import platform
import time
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"


def read_section(name: str, page: Path = PAGE) -> str:
    """What stands between the marks of section `name` now. Raises ValueError where it has none."""
    return _parts(name, page)[1]


def write_section(name: str, table: str, page: Path = PAGE) -> None:
    """Put a table, and where it was made, between the marks of section `name`; all else stays."""
    before, _, after = _parts(name, page)
    day = time.strftime("%Y-%m-%d", time.gmtime())
    where = (
        f"Python {platform.python_version()}, {platform.system()} {platform.release()}, {day}; seeds from 1."
    )
    page.write_text(f"{before}\n{table}\n{where}\n{after}", encoding="utf-8")


def _parts(name: str, page: Path) -> tuple[str, str, str]:
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    section, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"{page} has no section {name}")
    return before + begin, section, end + after
