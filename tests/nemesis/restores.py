"""The centre is put back to a backup, with or without anybody saying so; terminals bring what it lacks."""

import time
from pathlib import Path
from random import Random

from sync.log.reader import LogReader
from tests.nemesis.line import Line
from tests.nemesis.template import GATES


def centre_put_back(line: Line, random: Random) -> None:
    """As docs/operations.md tells it: services down, database back, the check that raises the generation."""
    _put_back(line, random, told=True)


def centre_put_back_untold(line: Line, random: Random) -> None:
    """The same by somebody who has not read it."""
    _put_back(line, random, told=False)


def centre_put_back_before_purge(line: Line, random: Random) -> None:
    """The terminals have purged what was archived, and the backup is older than that."""
    backup = line.folder / "backup"
    line.database.copy(backup)
    line.wait_for_shown(random.randrange(60, 120))
    line.until_stored(line.shown())
    line.command("centre", "archive")
    for gate in GATES:
        line.keep_image(gate)
    purged = _oldest(line)
    while all(oldest == purged[gate] for gate, oldest in _oldest(line).items()):
        for gate in GATES:
            (line.gate(gate) / "purge").touch()
        line.wait_for_shown(5)
        time.sleep(0.1)
    _restore(line, backup, told=True)
    for file in sorted((line.centre / "archive").glob("*/*.muster")):
        line.command("log", "import", str(file))
    line.wait_for_shown(5)


def _put_back(line: Line, random: Random, *, told: bool) -> None:
    backup = line.folder / "backup"
    with line.alone("listener", "settler", "database", "observer"):
        line.database.copy(backup)
        line.wait_for_shown(random.randrange(20, 80))
        _restore(line, backup, told=told)
    line.wait_for_shown(10)


def _restore(line: Line, backup: Path, *, told: bool) -> None:
    for who in ("listener", "settler"):
        line.kill(who)
    line.database.put_back(backup)
    if told:
        said = line.command("centre", "restore-check", "--restored")
        assert "generation" in said, said
    line.begin("listener")
    line.begin("settler")


def _oldest(line: Line) -> dict[str, int]:
    found = {}
    for gate in GATES:
        reader = LogReader(line.log_file(gate), gate)
        found[gate] = min((head.oldest for head in reader.heads()[:1]), default=1)
        reader.close()
    return found
