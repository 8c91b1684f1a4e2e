"""The commands of docs/install.md, in their order: fenced blocks that name the machine they are for."""

import re
from dataclasses import dataclass
from pathlib import Path

INSTALL = Path(__file__).resolve().parents[2] / "docs" / "install.md"
_BLOCK = re.compile(r"^```sh (\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """What a person types at a machine; `evening` says that it belongs after the day's check-ins."""

    machine: str
    evening: bool
    script: str


def blocks(page: Path = INSTALL) -> list[Block]:
    """All blocks of a page that name their machine."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [Block(machine, when == "evening", script) for machine, when, script in found]
