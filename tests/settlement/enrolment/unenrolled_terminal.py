"""A terminal that is not enrolled yet as its processes run: engine, a scanner, and the service to enrol."""

import re
import stat
import subprocess
import sys

from drivers.simulated.scanner import SimulatedScanner
from foundation.settings import shipped
from kiosk.local_api.messages import Snapshot
from kiosk.settings import KioskFiles
from tests.kiosk.terminal_files import Listener, end
from tests.sync.patience import PATIENCE_S, until


class UnenrolledFolder:
    """The shipped settings, with a scanner on a pseudo-terminal and every path in one folder."""

    def __init__(self, folder, state=None):
        folder.mkdir()
        self.folder = folder
        self.config = folder / "kiosk.toml"
        self.scanner = SimulatedScanner(folder / "scanner")
        text = shipped("kiosk.toml").read_text(encoding="utf-8")
        text = re.sub(
            r"^\[\[camera\]\].*?(?=^# One \[\[scanner\]\])", "", text, flags=re.DOTALL | re.MULTILINE
        )
        for shipped_path, own in (
            ("/var/lib/muster", state or folder / "state"),
            ("/run/muster-enrolment", folder / "run"),
            ("/run/muster/kiosk.sock", folder / "kiosk.sock"),
            ("/dev/serial/by-id/usb-scanner", self.scanner.path),
        ):
            text = text.replace(shipped_path, str(own))
        self.config.write_text(text, encoding="utf-8")
        self.output = (folder / "output").open("wb")
        self._running = []
        self._listener = None

    @property
    def files(self):
        return KioskFiles(self.config)

    @property
    def token_file(self):
        return self.files.state_folder / "enrolment" / "token"

    def set(self, **values):
        """Change settings that stand as `name = "…"` in the file."""
        text = self.config.read_text(encoding="utf-8")
        for name, value in values.items():
            text = re.sub(rf'^{name} = ".*"$', f'{name} = "{value}"', text, count=1, flags=re.MULTILINE)
        self.config.write_text(text, encoding="utf-8")

    def start(self, *words, under=()):
        """A `muster` command with these settings, that goes on until it is told to end."""
        command = [*under, sys.executable, "-m", "muster", *words, "--config", str(self.config)]
        self._running.append(subprocess.Popen(command, stdout=self.output, stderr=self.output))
        return self._running[-1]

    def add_camera(self, pictures):
        """A camera that sees the pictures of a folder, once each."""
        camera = f'\n[[camera]]\nname = "gate"\nsource = "{pictures}"\n'
        with self.config.open("a", encoding="utf-8") as config:
            config.write(camera)

    def start_engine(self):
        """Returns what a screen sees, once the scanner works."""
        self._listener = Listener(self.folder / "kiosk.sock")
        self.start("engine")
        snapshot = self.next(Snapshot)
        self._listener.status_where(
            lambda status: any(one.name == "scanner" and one.state == "ready" for one in status.devices)
        )
        return snapshot

    def start_service(self, *under):
        """The service that enrols, as systemd starts it; `under` another command."""
        return self.start("enrol", "--from-engine", under=under)

    def scan(self, text):
        """Hold a code to the scanner, and run what systemd's path unit would start; its exit status."""
        self.scanner.scan(text)
        until(self.token_file.exists)
        assert stat.S_IMODE(self.token_file.stat().st_mode) == 0o600
        return self.start_service().wait(PATIENCE_S)

    def next(self, kind):
        return self._listener.next(kind)

    def stage(self, stage):
        """What screens are told once it is this far."""

        def found():
            enrolment = self.next(Snapshot).enrolment
            return enrolment if enrolment and enrolment.stage == stage else None

        return until(found)

    def enrolled(self):
        """What screens are told once the terminal is a real one."""
        return until(lambda: one if (one := self.next(Snapshot)).enrolment is None else None)

    def status_where(self, fits):
        return self._listener.status_where(fits)

    def everything_written(self):
        """All that lies in the folder, the processes' own output too."""
        self.output.flush()
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())

    def close(self):
        for process in self._running:
            if process.poll() is None:
                assert end(process) in (0, -15)
        if self._listener:
            self._listener.close()
        self.output.close()
        self.scanner.unplug()
