"""From two bare machines to approved hours, by the handbook; then what may happen to them afterwards."""

import re
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import zxingcpp
from PIL import Image

from kiosk.screens.block_letters import LARGEST, letters_of, widths
from tests.boot.handbook import Block, blocks
from tests.boot.machine import Machine, until
from tests.boot.network import namespace_of, network

TOKEN = "MUSTER1.…"
"""What stands in the handbook for the token that the centre prints."""

HOSTS = {"centre": "10.77.0.1", "terminal": "10.77.0.2"}
ADDRESSES = {**HOSTS, "gate": "10.77.0.3"}
"""Of every machine that may be there."""
SERVICES = {
    "centre": ("mosquitto", "muster-listen", "muster-settle", "muster-web", "muster-public", "muster-enrol"),
    "terminal": ("muster-kiosk", "muster-uplink", "muster-screen"),
}
# A day that is over in a minute: nothing else is changed in what the packages bring.
_SHORT_DAY = "sed -i 's/^debounce_s = .*/debounce_s = 2/; s/^min_session_s = .*/min_session_s = 1/'"
# The scanner is a pseudo-terminal, which no real device is; there is no camera.
_STAND_IN = r"""
mkdir -p /etc/systemd/system/muster-kiosk.service.d
printf '[Service]\nDeviceAllow=char-pts rw\n' > /etc/systemd/system/muster-kiosk.service.d/scanner.conf
sed -i '/^\[\[camera\]\]/,/^\[\[scanner\]\]/ { /^\[\[scanner\]\]/ !d }' /etc/muster/kiosk.toml
systemctl daemon-reload
"""
_REPEATED_S = 4.0
"""Within `debounce_s` of `_SHORT_DAY` it would count as the same scan."""
_ASK = """
import sqlite3, sys
path = f"file:{sys.argv[1]}?mode=ro"
print(sqlite3.connect(path, uri=True).execute(sys.argv[2]).fetchone()[0])
"""


_APPROVED = "SELECT count(*) FROM settlement_review WHERE state = 'approved'"


_ENROLLED = "SELECT count(*) FROM settlement_terminal WHERE public_key <> ''"


@dataclass(slots=True)
class Row:
    """A line of the table at the end."""

    what: str
    good: bool
    seconds: float
    said: str = ""


class Play:
    """The machines, and what was seen of them."""

    def __init__(self, root: Path, packages: dict[str, Path], *, token_is_scanned: bool) -> None:
        """Without `token_is_scanned` a person types the token."""
        self._token_is_scanned = token_is_scanned
        self.rows: list[Row] = []
        self._root = root
        self._packages = packages
        self._open = ExitStack()
        self.machines: dict[str, Machine] = {}
        self.folder = root
        self._token = ""
        self._codes: dict[str, str] = {}
        self._scanned_s: dict[str, float] = {}

    def __enter__(self) -> Self:
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="muster-boot-")))
        self.folder = folder
        self._open.enter_context(network({name: f"{address}/24" for name, address in ADDRESSES.items()}))
        self.machines = {name: self._machine(name) for name in HOSTS}
        return self

    def __exit__(self, *_failure: object) -> None:
        self._open.close()

    @property
    def centre(self) -> Machine:
        """The machine with the centre."""
        return self.machines["centre"]

    @property
    def terminal(self) -> Machine:
        """The machine with the terminal."""
        return self.machines["terminal"]

    def another(self, name: str) -> Machine:
        """A further terminal, booted, and with its package at hand."""
        machine = self._machine(name)
        _begin(machine, self._packages["terminal"])
        return machine

    def _machine(self, name: str) -> Machine:
        machine = Machine(name, self._root, self.folder / name, namespace_of(name))
        self._open.callback(machine.stop)
        return machine

    def step(self, what: str, does: Callable[[], str | None]) -> None:
        """Do one thing and note how it went; raises what it raises."""
        began = time.monotonic()
        try:
            said = does() or ""
        except BaseException as error:
            self.rows.append(Row(what, good=False, seconds=time.monotonic() - began, said=_shortly(error)))
            raise
        self.rows.append(Row(what, good=True, seconds=time.monotonic() - began, said=said))
        print(f"  {what}: {said or 'good'} ({time.monotonic() - began:.0f} s)", flush=True)

    def first_day(self) -> None:
        """From nothing to a certificate that was checked."""
        self.step("booted", self._boot)
        handbook = blocks()
        install = [block for block in handbook if "apt-get install" in block.script]
        rest = [block for block in handbook if block not in install]
        enrolment = [block for block in rest if TOKEN in block.script]
        for block in install:
            self.step(f"installed: {block.machine}", lambda block=block: self._install(block))
        first = [block for block in rest if not block.when and block not in enrolment]
        self.step("set up", lambda: self._set_up(first))
        self.step("services run", self.services_run)
        self.step("administrator logs in", self._log_in)
        self.step("screen asks for a token", self._asks_for_token)
        self.step("enrolled", lambda: self._enrol(enrolment))
        self.step("roster is there", self._roster_is_there)
        ready = [block for block in rest if block.when == "ready"]
        self.step("doctor finds nothing broken", lambda: self._perform(ready))
        self.step("screen on tty1 drew it", self._screen_draws)
        self.step("volunteer scans", self._volunteer_scans)
        self.step("settled", self._settled)
        evening = [block for block in rest if block.when == "evening"]
        self.step("reviewed and approved", lambda: self._approve(evening))
        self.step("certificate checked", lambda: self._perform(evening[2:]))

    def scan(self, number: str) -> None:
        """Hold a volunteer's badge to the scanner, later than a repeated scan would come."""
        last_s = self._scanned_s.get(number, 0.0)
        time.sleep(max(0.0, last_s + _REPEATED_S - time.monotonic()))
        self._scan_text(self._codes[number])
        self._scanned_s[number] = time.monotonic()

    def _scan_text(self, text: str) -> None:
        self.terminal.run(f"printf '%s\\n' '{text}' > /run/scanner")

    def check(self, kind: str, number: str = "1001") -> None:
        """Let a volunteer check in or out, and wait until the centre knows."""
        before = self.events(kind)
        self.scan(number)
        until(lambda: self.events(kind) > before, f"the {kind} arrives")

    def _count(self, query: str) -> int:
        """The number that the centre's database answers."""
        return number(self.centre, "/var/lib/muster-settlement/centre.sqlite3", query)

    def events(self, kind: str) -> int:
        """How many events of that kind the centre has."""
        return self._count(f"SELECT count(*) FROM settlement_event WHERE kind = '{kind}'")

    def start_scanner(self) -> None:
        """Plug the scanner in; it is away after each boot."""
        self.terminal.run(
            "systemctl is-active -q scanner || systemd-run -q --unit scanner python3 /root/scanner.py"
        )
        until(lambda: self.terminal.run("ls /run/scanner /dev/serial/by-id || true"), "the scanner is there")

    def scanner_is_open(self) -> None:
        """Wait until the engine reads the scanner."""
        told = "journalctl -b -u muster-kiosk --no-pager | grep -cE 'device_(back|ready)' || true"
        until(lambda: int(self.terminal.run(told)) > 0, "the engine reads the scanner")

    def _boot(self) -> str:
        for name, machine in self.machines.items():
            _begin(machine, self._packages[name])
        self.terminal.put(Path(__file__).with_name("scanner.py"), "/root/scanner.py")
        self.centre.put(Path(__file__).with_name("browser.py"), "/root/browser.py")
        return "two machines"

    def _install(self, block: Block) -> str:
        machine = self.machines[block.machine]
        machine.run("cd /root; export DEBIAN_FRONTEND=noninteractive\n" + block.script)
        if block.machine == "centre":
            machine.run(f"{_SHORT_DAY} /etc/muster/settlement.toml")
        size = machine.run("du -sm /opt/muster | cut -f 1").strip()
        return f"{machine.run('muster --version').split()[-1]}, {size} MB"

    def _set_up(self, wanted: list[Block]) -> str:
        self._perform(wanted)
        return f"{len(wanted)} blocks"

    def _perform(self, wanted: list[Block]) -> str:
        said = ""
        for block in wanted:
            if "systemctl restart muster-kiosk" in block.script:
                self.terminal.run(_STAND_IN)
                self.start_scanner()
            script = block.script.replace(TOKEN, self._token)
            said = self.machines[block.machine].run("cd /root\n" + script)
            if found := re.search(r"MUSTER1\.[A-Z0-9]+", said):
                self._token = found.group()
        self._read_badges()
        return said.strip().splitlines()[-1][:80] if said.strip() else ""

    def _log_in(self) -> str:
        """By the invitation that the handbook's first account got, with password and second factor."""
        login = self.centre.run("muster account list | awk 'NR == 2 { print $1 }'").strip()
        invited = self.centre.run(f"muster account invite {login}")
        found = re.search(r"/invitation/\S+", invited)
        if found is None:
            raise LookupError(f"no invitation in {invited!r}")
        return self.centre.run(f"python3 /root/browser.py {login} {found.group()}").strip()

    def _asks_for_token(self) -> str:
        until(lambda: "muster enrol" in self.terminal.screen, "the screen says that it is not enrolled")
        return "not enrolled yet"

    def _enrol(self, typed: list[Block]) -> str:
        self.scanner_is_open()
        if self._token_is_scanned:
            self._scan_text(self._token)
        else:
            self._perform(typed)
        until(lambda: self._count(_ENROLLED) > 0, "the centre has enrolled it")
        return "by the scanner" if self._token_is_scanned else "typed"

    def _read_badges(self) -> None:
        """Read the codes that the centre printed, as a scanner would."""
        if self._codes:
            return
        for name in self.centre.run("ls /root/codes").split():
            with tempfile.NamedTemporaryFile(suffix=".png") as picture:
                self.centre.fetch(f"/root/codes/{name}", Path(picture.name))
                code = zxingcpp.read_barcode(Image.open(picture.name))
            if code:
                self._codes[re.sub(r"\D", "", name)[:4]] = code.text

    def services_run(self) -> str:
        """Wait until all services run."""
        for name, services in SERVICES.items():
            for service in services:
                until(
                    lambda name=name, service=service: (
                        self.machines[name].run(f"systemctl is-active {service} || true").strip() == "active"
                    ),
                    f"{service} runs",
                )
        return f"{sum(map(len, SERVICES.values()))} services"

    def _roster_is_there(self) -> None:
        until(lambda: "roster" in self.terminal.run("ls /var/lib/muster"), "the roster arrives")

    def _screen_draws(self) -> str:
        until(lambda: "River bank" in self.terminal.screen, "the screen shows the site")
        return "River bank"

    def _volunteer_scans(self) -> str:
        self.check("check_in")
        until(
            lambda: "You checked in at" in self.terminal.screen or self._is_drawn("Li Wei"),
            "the screen greets",
        )
        self.check("check_out")
        return "in and out"

    def _is_drawn(self, text: str) -> bool:
        """Whether the terminal's screen wrote it, plainly or in large letters of any size."""
        sizes = ((high, wide) for high in range(1, LARGEST + 1) for wide in widths(high))
        drawn = [max(map(str.strip, letters_of(text, *size)), key=len) for size in sizes]
        return any(row in self.terminal.screen for row in (text, *drawn))

    def _settled(self) -> str:
        seconds = "SELECT coalesce(sum(delta_s), 0) FROM settlement_ledgerentry"
        until(lambda: self._count(seconds) > 0, "the hours are settled")
        return f"{self._count(seconds)} s"

    def _approve(self, evening: list[Block]) -> str:
        """Let the activity end, and approve as soon as everything is here."""
        time.sleep(2)  # the end has whole seconds, and comes after the last check-out
        self._perform(evening[:1])
        # Greets the centre at once, as it does every quarter of an hour.
        self.terminal.run("systemctl restart muster-uplink")

        said: list[str] = []

        def approved() -> bool:
            try:
                self._perform(evening[1:2])
            except subprocess.CalledProcessError as error:
                said[:] = [_shortly(error)]
            else:
                said[:] = ["; ".join(self.centre.run("muster review list").splitlines())]
            return self._count(_APPROVED) > 0

        try:
            until(approved, "the hours are approved")
        except TimeoutError as error:
            raise TimeoutError(*error.args, *said) from error
        return f"{self._count(_APPROVED)} line"


def _begin(machine: Machine, package: Path) -> None:
    machine.start()
    machine.put(package, f"/root/{package.name}")
    # What an installed Debian has, and debootstrap does not write; and the centre's name.
    machine.run(f"printf '127.0.0.1 localhost\\n{HOSTS['centre']} centre.example\\n' >> /etc/hosts")


def number(machine: Machine, database: str, query: str) -> int:
    """What a query answers, in a database file of a machine."""
    return int(machine.run(shlex.join(("python3", "-c", _ASK, database, query))))


def _shortly(error: BaseException) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return " / ".join((error.output or "").strip().splitlines()[-3:])
    return str(error)
