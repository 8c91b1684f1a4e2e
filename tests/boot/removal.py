"""The packages go: removing keeps the data, purging asks, and keeps them where nobody can be asked."""

from tests.boot.machine import Machine
from tests.boot.play import Play

KEPT = {"terminal": "/var/lib/muster/log.db", "centre": "/var/lib/muster-settlement/centre.sqlite3"}
QUESTION = "Delete what Muster keeps on this machine?"


def remove(play: Play) -> str:
    """One machine after the other; the last thing that is done to them."""
    for role, file in KEPT.items():
        machine, package = play.machines[role], f"muster-{role}"
        machine.run(f"DEBIAN_FRONTEND=noninteractive apt-get remove -y {package}")
        assert _is_there(machine, file), f"removing {package} took {file}"
        assert QUESTION in _purge(machine, package, "no")
        assert _is_there(machine, file), f"purging {package} took {file} in spite of the answer"
    for role, file in KEPT.items():
        machine, package = play.machines[role], f"muster-{role}"
        install = (
            "cd /root && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "
            f"./{package}_*.deb"
        )
        machine.run(install)
        machine.run(f"DEBIAN_FRONTEND=noninteractive apt-get purge -y {package}")
        assert _is_there(machine, file), f"purging {package} took {file}, and nobody was asked"
        machine.run(install)
        assert QUESTION in _purge(machine, package, "yes")
        assert not _is_there(machine, file), f"purging {package} left {file} in spite of the answer"
    return "kept when removed, asked when purged"


def _purge(machine: Machine, package: str, answer: str) -> str:
    """Purge as a person at a terminal does who answers the question."""
    purge = f"env DEBIAN_FRONTEND=teletype dpkg --purge {package}"
    return machine.run(f"printf '{answer}\\n' | script -qec '{purge}' /dev/null")


def _is_there(machine: Machine, file: str) -> bool:
    return machine.run(f"test -e {file} && echo there || true").strip() == "there"
