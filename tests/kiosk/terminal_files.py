"""A terminal's folder as an operator would make it, and its processes as systemd would start them."""

import json
import queue
import subprocess
import sys
from pathlib import Path

import msgspec

from drivers.simulated.scanner import SimulatedScanner
from foundation.clock import SharedClock
from kiosk.local_api.client import Heard, LocalClient
from kiosk.local_api.messages import Status, Typed
from sync.contract.roster import Roster, seal_roster
from sync.contract.signing import SigningKey
from sync.log.reader import LogReader
from tests.kiosk.samples import PSEUDONYM_KEY, ROSTER
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import CENTRE_KEY, NINE_MS, TERMINAL, TERMINAL_KEY


class TerminalFolder:
    """Settings, keys, roster, clock and a simulated scanner in one folder."""

    def __init__(
        self, folder: Path, *, broker_port: int = 1, name: str = TERMINAL, key: SigningKey = TERMINAL_KEY
    ) -> None:
        self.folder = folder
        self.name = name
        self.settings = folder / "kiosk.toml"
        self.log_file = folder / "state" / "log.db"
        self.clock = SharedClock.create(folder / "clock", NINE_MS)
        self.scanner = SimulatedScanner(folder / "scanner")
        self.write_settings(broker_port)
        (folder / "pseudonym.key").write_text(PSEUDONYM_KEY.hex() + "\n")
        key.save(folder / "terminal.key")
        self.write_roster(msgspec.structs.replace(ROSTER, terminal=name))

    def write_settings(self, broker_port: int, more: str = "") -> None:
        """The settings file; `more` stands before its tables."""
        self.settings.write_text(
            f'terminal = "{self.name}"\ncentre_key = "{CENTRE_KEY.public.raw.hex()}"\nbucket = 7\n'
            'state_folder = "state"\nballast_mib = 0\nsocket = "kiosk.sock"\nshared_clock = "clock"\n'
            'pseudonym_key_file = "pseudonym.key"\nroster_file = "roster.json"\n'
            f"{more}\n"
            f'[broker]\nhost = "127.0.0.1"\nport = {broker_port}\nshortest_pause_ms = 50\n'
            "longest_pause_ms = 200\n"
            f'[[scanner]]\nname = "scanner"\nport = "{self.scanner.path}"\n'
        )

    def set(self, **values: int | str) -> None:
        """Change settings that stand before the tables, or add them."""
        chosen = {name: f"{name} = {json.dumps(value)}" for name, value in values.items()}
        lines = self.settings.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if line.partition(" = ")[0] not in chosen]
        self.settings.write_text("\n".join((*chosen.values(), *kept)), encoding="utf-8")

    def write_roster(self, roster: Roster) -> None:
        """The roster, signed by the centre."""
        (self.folder / "roster.json").write_bytes(seal_roster(roster, CENTRE_KEY))

    def start(self, process: str, settings: Path | None = None) -> "subprocess.Popen[bytes]":
        """`muster engine` or `muster uplink`; its log goes to the test's output."""
        command = [sys.executable, "-m", "muster", process, "--config", str(settings or self.settings)]
        return subprocess.Popen(command, stdout=sys.stderr)

    def run(self, process: str) -> "subprocess.CompletedProcess[str]":
        """A process that is expected to end by itself."""
        return subprocess.run(
            [sys.executable, "-m", "muster", process, "--config", str(self.settings)],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def read_log(self) -> LogReader:
        """The log as it stands in the file."""
        return LogReader(self.log_file, self.name)


class Listener:
    """A screen's place at the local socket; it waits for an engine to come."""

    def __init__(self, socket_path: Path) -> None:
        self._heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._client = LocalClient(socket_path, "test", self._heard.put)
        self._client.start()

    def next(self, kind: type[msgspec.Struct]) -> msgspec.Struct:
        """The next message of this kind; what lies before it is passed over."""
        while True:
            message = self._heard.get(timeout=PATIENCE_S)
            if isinstance(message, kind):
                return message

    def status_where(self, fits) -> Status:
        """The next status that fits."""
        return until(lambda: status if fits(status := self.next(Status)) else None)

    def type(self, digits: str) -> None:
        """As on a screen's keypad."""
        assert self._client.send(Typed(digits))

    def close(self) -> None:
        """Leave."""
        self._client.close()


def end(process: "subprocess.Popen[bytes]") -> int:
    """Ask it to end, as systemd does; its exit code."""
    process.terminate()
    return process.wait(PATIENCE_S)
