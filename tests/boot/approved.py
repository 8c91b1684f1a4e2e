"""A second terminal, at which nobody types: from power to the roster by a person's approval alone."""

import re
import time

from tests.boot.handbook import blocks
from tests.boot.machine import Machine, until
from tests.boot.play import Play

AT_MOST_S = 60
_CODE = re.compile(r"muster terminal approve ([A-Z2-7]{4}-[A-Z2-7]{4})")
_WORDS = re.compile(r"[a-z]+(?: [a-z]+){5}")


def approve(play: Play) -> str:
    """Prepare a terminal by the handbook, switch it off and on, and let the centre approve what it shows."""
    handbook = blocks()
    gate = play.another("gate")
    for block in handbook:
        if block.machine == "terminal" and "apt-get install" in block.script:
            gate.run("cd /root; export DEBIAN_FRONTEND=noninteractive\n" + block.script)
    at_centre, at_terminal, decision = (block.script for block in handbook if block.when == "approval")
    told = play.centre.run(at_centre)
    fingerprint = re.search(r"[0-9a-f]{64}", told)
    assert fingerprint, told
    gate.run(at_terminal.replace("FINGERPRINT", fingerprint.group()))
    gate.stop()
    began_s = time.monotonic()
    gate.start()
    until(lambda: _CODE.search(gate.screen), "the screen shows a code")
    shown = _CODE.search(gate.screen)
    assert shown
    _compare_words(play.centre, gate)
    play.centre.run(decision.replace("CODE", shown[1]))
    until(lambda: "roster" in gate.run("ls /var/lib/muster"), "the roster arrives")
    took_s = time.monotonic() - began_s
    until(lambda: "River bank" in gate.screen, "the screen shows the site")
    gate.stop()
    assert took_s <= AT_MOST_S, f"{took_s:.0f} s from power to the roster"
    return f"{took_s:.0f} s from power to the roster"


def _compare_words(centre: Machine, gate: Machine) -> None:
    """As a person does before approving: the centre shows the same six words as the screen."""
    waiting = next(line for line in centre.run("muster terminal list").splitlines() if _WORDS.search(line))
    words = _WORDS.search(waiting)
    assert words
    until(
        lambda: all(word in gate.screen for word in words.group().split()), "the screen shows the six words"
    )
