"""The centre's signing key is replaced while everything works, and whoever replaces it is killed half way."""

import os
import re
import time
from pathlib import Path
from random import Random

from settlement.settings import read_settings
from settlement.signing_keys import handovers_file
from sync.contract.handover import read_handovers
from tests.nemesis.line import Line
from tests.nemesis.template import GATES

_LONGEST_S = 3.0


def key_replaced(line: Line, random: Random) -> None:
    """The command is killed after a moment, and repeated until it comes to its end; terminals follow."""
    handovers = handovers_file(read_settings(line.config))
    before = len(read_handovers(handovers))
    with line.alone("listener", "settler", "database", "observer"):
        for _ in range(random.randrange(1, 4)):
            child = line.forks.start("replace", *_COMMAND, str(line.config), output=_output(line))
            time.sleep(random.uniform(0, _LONGEST_S))
            child.kill()
            os.close(child.watch)
        said = line.command(*_COMMAND[1:-1])
        assert "signs with" in said, said[-2000:]
    assert len(read_handovers(handovers)) > before
    line.wait_for_shown(10)
    line.until(lambda: _all_follow(line), "a terminal does not follow to the next key")


_COMMAND = ("muster", "centre", "signing-key", "--replace", "--anyway", "--yes", "--config")


def _all_follow(line: Line) -> bool:
    said = line.command("centre", "signing-key")
    signs = re.search(r"signs with ([0-9a-f]{16})", said)
    believed = dict(re.findall(r"^(gate-\S+) +([0-9a-f]{16})$", said, re.MULTILINE))
    return signs is not None and all(believed.get(gate) == signs[1] for gate in GATES)


def _output(line: Line) -> Path:
    return line.folder / "replace.log"
