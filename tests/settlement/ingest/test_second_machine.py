"""A second machine as docs/operations.md makes it: copied keys, its own certificate, the shipped broker."""

import json
import shutil
import subprocess
import sys

import pytest

from sync.contract import wire
from tests.settlement.ingest.crew import HELD
from tests.settlement.own_centre import SERVER, OwnCentre
from tests.sync.live_broker import free_port
from tests.sync.patience import PATIENCE_S, until
from tests.sync.shipped_broker import Client, ShippedBroker

pytestmark = pytest.mark.skipif(SERVER is None, reason="a file has one listener")

COPIED = ("signing.pem", "pseudonym.key", "secret", "authority", "broker")
GATE = """
import datetime as dt
from settlement.authority.certificates import open_authority
from sync.line.authority_key import private_pem
from sync.line.certificate_authority import CertificateKind
from sync.line.certificate_request import make_key
key = make_key()
pem = open_authority(settings).issue_for(
    key.public_key(), "gate-1", CertificateKind.TERMINAL, dt.timedelta(days=1)
)
settings.path("gate-1.pem").write_bytes(pem)
settings.path("gate-1.key").write_bytes(private_pem(key))
"""


class Machine:
    """One of the machines: a folder with keys, and a listener with a name."""

    def __init__(self, centre, folder, name, port):
        self.name, self._folder = name, folder
        self._config = folder / "settings.toml"
        self._config.write_text(
            f"directory = {json.dumps(str(folder))}\ndatabase = {json.dumps(centre.url)}\n"
            f'[listener]\nclient = "{name}"\n[authority]\nbroker_reload = ""\n'
            f'[broker]\nhost = "127.0.0.1"\nport = {port}\nshortest_pause_ms = 50\nlongest_pause_ms = 200\n'
            f'certificate_file = "authority/{name}.pem"\nkey_file = "authority/{name}.key"\n'
            "[metrics]\nlistener = 0\nsettler = 0\nweb = 0\n"
        )

    def prepare(self):
        done = self._muster("centre", "prepare")
        assert done.wait(PATIENCE_S) == 0, (self._folder / "log").read_text()

    def listen(self):
        return self._muster("listen")

    def _muster(self, *words):
        with (self._folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "muster", *words, "--config", str(self._config)]
            return subprocess.Popen(command, stdout=log, stderr=log)


@pytest.fixture
def centre(tmp_path):
    (tmp_path / "first").mkdir()
    made = OwnCentre(tmp_path / "first")
    yield made
    made.drop()


def test_it_serves_its_part_and_all_where_the_first_dies(centre, tmp_path):
    port = free_port()
    first = Machine(centre, centre.folder, "centre", port)
    first.prepare()
    folder = tmp_path / "second"
    folder.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (centre.folder / name).is_dir() else shutil.copy2
        copy(centre.folder / name, folder / name)
    second = Machine(centre, folder, "centre-2", port)
    second.prepare()
    centre.run(GATE)
    broker = ShippedBroker(centre.folder / "broker", port)
    broker.start()
    running = [first.listen(), second.listen()]
    try:
        until(lambda: sorted(name for name, _ in centre.rows(HELD)) == ["centre"] * 32 + ["centre-2"] * 32)
        gate = Client(broker, centre.folder, "gate-1")
        gate.subscribe(wire.topic("host"))
        running[0].kill()
        for state in ("offline", "online"):
            while json.loads(gate.heard.get(timeout=PATIENCE_S)[1])["state"] != state:
                pass
        until(lambda: [name for name, _ in centre.rows(HELD)] == ["centre-2"] * 64)
        gate.close()
    finally:
        for process in running:
            process.kill()
            process.wait()
        broker.stop()
