"""A centre with its listener, and terminals with their uplinks, as processes at a broker of several nodes.

What was appended to a terminal's log counts as shown: only then is anybody told. Each such event is kept
here, and compared byte for byte with what the centre has stored.
"""

import json
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import msgspec

from sync.contract import events
from sync.contract.signing import SigningKey
from sync.line.authority_key import private_pem
from sync.line.certificate_request import make_key, make_request
from tests.clusters.nodes import HOSTS
from tests.kiosk.terminal_files import TerminalFolder
from tests.settlement.own_centre import OwnCentre
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import CENTRE_KEY, check_in, open_log

TERMINALS = ("gate-1", "gate-2", "gate-3")
CENTRES = ("centre", "centre-9")
PROBES = ("probe-1", "probe-2")
_APART_S = 0.25
_LOOK_EVERY_S = 0.1
_ENROL = """
import datetime as dt
from cryptography import x509
from settlement.authority.certificates import open_authority, put_on_record
from settlement.models import Site, Terminal
from sync.line.certificate_authority import CertificateKind
from sync.line.certificate_request import read_request
site, _ = Site.objects.get_or_create(code="north", name="North gate", zone="Asia/Shanghai")
Terminal.objects.create(id={name!r}, site=site, bucket="07", public_key={key!r}, realm="live")
request = read_request(bytes.fromhex({request!r}))
authority = open_authority(settings)
pem = authority.issue_for(request, {name!r}, CertificateKind.TERMINAL, dt.timedelta(days=300))
put_on_record(x509.load_pem_x509_certificate(pem), CertificateKind.TERMINAL)
print(pem.decode())
"""


class Gate:
    """One terminal: its folder, its log, which this process writes, and its uplink."""

    def __init__(self, folder: Path, name: str, seed: int, port: int, version: str) -> None:
        folder.mkdir()
        self.name = name
        self.key = SigningKey.from_seed(bytes([seed] * 32))
        self.files = TerminalFolder(folder, broker_port=port, name=name, key=self.key)
        text = self.files.settings.read_text()
        broker = (
            f'[broker]\nhosts = {json.dumps(HOSTS)}\nmqtt_version = "{version}"\nca_file = "ca.pem"\n'
            f'certificate_file = "{name}.pem"\nkey_file = "{name}.tls"\n'
        )
        self.files.settings.write_text(re.sub(r'\[broker\]\nhost = "127.0.0.1"\n', broker, text))
        self.shown: list[bytes] = []
        (folder / "state").mkdir()
        self._log = open_log(self.files.log_file, name)
        self._uplink: subprocess.Popen[bytes] | None = None

    def show(self) -> None:
        """Somebody comes."""
        event = self._log.append(msgspec.structs.replace(check_in(), terminal=self.name))
        self.shown.append(events.encode(event))

    def start(self) -> None:
        """Start the uplink; its log lies beside the settings."""
        command = [sys.executable, "-m", "muster", "uplink", "--config", str(self.files.settings)]
        with (self.files.folder / "uplink.log").open("ab") as log:
            self._uplink = subprocess.Popen(command, stdout=log, stderr=log)

    def stop(self) -> None:
        """Kill the uplink and put the rest away."""
        if self._uplink:
            self._uplink.kill()
            self._uplink.wait(PATIENCE_S)
        self._log.close()
        self.files.scanner.unplug()


class ClusterLine:
    """All of it at one broker, whose `kind` is made with a folder, that of the certificates, and names."""

    def __init__(self, folder: Path, kind) -> None:
        for name in ("centre", "broker"):
            (folder / name).mkdir()
        CENTRE_KEY.save(folder / "centre" / "signing.pem")
        self.centre = OwnCentre(folder / "centre")
        self._configure("")
        self.centre.run("")
        self.broker = kind(folder / "broker", folder / "centre" / "broker", CENTRES, (*TERMINALS, *PROBES))
        self._configure(
            f"[broker]\nhosts = {json.dumps(HOSTS)}\nport = {self.broker.port}\n"
            f'mqtt_version = "{self.broker.mqtt_version}"\nshortest_pause_ms = 50\nlongest_pause_ms = 1000\n'
        )
        self.gates = [
            Gate(folder / name, name, 50 + place, self.broker.port, self.broker.mqtt_version)
            for place, name in enumerate(TERMINALS)
        ]
        for gate in self.gates:
            self._enrol(gate)
        self._listener: subprocess.Popen[bytes] | None = None
        self._loaded = threading.Event()
        self._load: threading.Thread | None = None

    def _configure(self, broker: str) -> None:
        names = json.dumps(["localhost", *HOSTS])
        self.centre.configure(f'[authority]\nbroker_reload = ""\nbroker_names = {names}\n{broker}')

    def _enrol(self, gate: Gate) -> None:
        folder, key = gate.files.folder, make_key()
        script = _ENROL.format(
            name=gate.name, key=gate.key.public.raw.hex(), request=make_request(key, gate.name).hex()
        )
        (folder / f"{gate.name}.pem").write_text(self.centre.run(script))
        (folder / f"{gate.name}.tls").write_bytes(private_pem(key))
        (folder / "ca.pem").write_bytes((self.centre.folder / "authority" / "authority.pem").read_bytes())

    def start(self) -> None:
        """The broker, then the listener, then the uplinks; returns once everything shown is stored."""
        self.broker.start()
        command = [sys.executable, "-m", "muster", "listen", "--config", str(self.centre.config)]
        with (self.centre.folder / "listener.log").open("ab") as log:
            self._listener = subprocess.Popen(command, stdout=log, stderr=log)
        for gate in self.gates:
            gate.show()
            gate.start()
        until(lambda: not self.missing())

    def check(self, *options: str) -> "subprocess.CompletedProcess[str]":
        """`muster broker check` at the first node."""
        return self.centre.command("broker", "check", f"mqtts://{HOSTS[0]}:{self.broker.port}", *options)

    def served_by(self, node: int) -> list[str]:
        """Who is connected to this node, as their own logs say."""
        logs = {gate.name: gate.files.folder / "uplink.log" for gate in self.gates}
        logs["centre"] = self.centre.folder / "listener.log"
        return [name for name, log in logs.items() if _last_host(log.read_text()) == HOSTS[node]]

    def begin_load(self) -> None:
        """People come at every gate, four a second, until `end_load`."""
        self._loaded.clear()

        def come() -> None:
            while not self._loaded.wait(_APART_S):
                for gate in self.gates:
                    gate.show()

        self._load = threading.Thread(target=come)
        self._load.start()

    def end_load(self) -> None:
        """Nobody comes any more."""
        self._loaded.set()
        if self._load:
            self._load.join()

    def shown(self) -> list[bytes]:
        """Everything that people were shown so far."""
        return [event for gate in self.gates for event in list(gate.shown)]

    def stored(self) -> Counter[bytes]:
        """What the centre has, byte for byte, and how often."""
        rows = self.centre.rows("SELECT raw FROM settlement_event")
        return Counter(bytes(raw) for (raw,) in rows)

    def missing(self, shown: list[bytes] | None = None) -> int:
        """How many of these (of all, when left out) the centre has not."""
        stored = self.stored()
        return sum(event not in stored for event in (self.shown() if shown is None else shown))

    def doubled(self) -> int:
        """How many rows are there that should not be: stored twice, or never shown."""
        rows = self.centre.rows("SELECT count(*) FROM settlement_event WHERE kind <> 'epoch_start'")
        shown = self.shown()
        return int(rows[0][0]) - (len(shown) - self.missing(shown))

    def healed_within(self, most_s: float, began_s: float) -> float | None:
        """Seconds since `began_s` until an event of each gate shown since now, and all before, are stored.

        None if they are not in time. To be called under load, at once after a node was killed.
        """
        before = [len(gate.shown) for gate in self.gates]
        until(lambda: all(len(gate.shown) > count for gate, count in zip(self.gates, before, strict=True)))
        shown = self.shown()
        while time.monotonic() - began_s < most_s:
            if not self.missing(shown):
                return time.monotonic() - began_s
            time.sleep(_LOOK_EVERY_S)
        return None

    def wait_until_stored(self, most_s: float) -> None:
        """Until nothing is missing, or the time is over."""
        give_up_s = time.monotonic() + most_s
        while self.missing() and time.monotonic() < give_up_s:
            time.sleep(_LOOK_EVERY_S)

    def stop(self) -> None:
        """Kill everything."""
        self.end_load()
        if self._listener:
            self._listener.kill()
            self._listener.wait(PATIENCE_S)
        for gate in self.gates:
            gate.stop()
        self.broker.stop()
        self.centre.drop()


def _last_host(log: str) -> str:
    """The node of the last connection that a process's log tells of."""
    found = re.findall(r"broker_connected.*?broker[=:\"\s]+([0-9.]+):", log)
    return found[-1] if found else ""
