"""The commands of docs/install.md, in their order: fenced blocks that name the machine they are for."""

import re
from dataclasses import dataclass
from pathlib import Path

_DOCS = Path(__file__).resolve().parents[2] / "docs"
INSTALL, OPERATIONS = _DOCS / "install.md", _DOCS / "operations.md"
_BLOCK = re.compile(r"^## (?P<section>.+)$|^```sh (?P<words>.+)\n(?P<script>(?:.*\n)*?)```$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """What a person types at a machine.

    `when` is "ready" once the roster is there, "evening", "approval" at the second terminal, or nothing.
    """

    section: str
    machine: str
    when: str
    script: str


def blocks(page: Path = INSTALL) -> list[Block]:
    """All blocks of a page that name their machine, each with the heading under which it stands."""
    section, found = "", []
    for part in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        section = part["section"] or section
        if part["words"]:
            machine, *more = part["words"].split()
            found.append(Block(section, machine, " ".join(more), part["script"]))
    return found
