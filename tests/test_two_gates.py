"""Two terminals of one site, as their processes run, with a real broker and a real centre between them."""

import json
import subprocess
import sys

import pytest

from foundation.clock import SharedClock
from kiosk.local_api.messages import Decided, Outcome
from sync.contract.signing import SigningKey
from tests.kiosk.samples import HOUR_MS, ISSUER, token
from tests.kiosk.terminal_files import Listener, TerminalFolder
from tests.settlement.own_centre import OwnCentre
from tests.sync.live_broker import LiveBroker
from tests.sync.samples import CENTRE_KEY, NINE_MS

KEYS = {
    "north-gate": SigningKey.from_seed(bytes([7] * 32)),
    "south-gate": SigningKey.from_seed(bytes([8] * 32)),
}

SEED = f"""
from settlement.downlink.editions import publish_roster
from settlement.models import Activity, PhaseChange, Site, Terminal, Volunteer
site = Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")
activity = Activity.objects.create(id="fair", site=site, title="Lantern fair")
PhaseChange.objects.create(activity=activity, phase="executing", from_ms={NINE_MS - 9 * HOUR_MS})
PhaseChange.objects.create(activity=activity, phase="ended", from_ms={NINE_MS + 9 * HOUR_MS})
Volunteer.objects.create(number=1, display_name="Mei")
keys = { ({name: key.public.raw.hex() for name, key in KEYS.items()})!r}
for name, key in keys.items():
    Terminal.objects.create(id=name, site=site, bucket="07", public_key=key, realm="live")
for name in keys:
    sealed = publish_roster(name, settings, {NINE_MS})
    (settings.path("..") / name / "roster.json").write_bytes(sealed)
"""
SETTLE = f"""
from settlement.models import Session
from settlement.settling.settler import settle_dirty
settle_dirty({NINE_MS + 30 * HOUR_MS})
print([[one.t_s, one.flags] for one in Session.objects.all()])
"""


class Site:
    """The centre, its two terminals, and one clock for all of them."""

    def __init__(self, folder, broker):
        (folder / "centre").mkdir()
        CENTRE_KEY.save(folder / "centre" / "signing.pem")
        self.centre = OwnCentre(folder / "centre")
        clock = SharedClock.create(folder / "centre" / "clock", NINE_MS)
        self.centre.configure(
            f'badge_issuers = ["{ISSUER.public.raw.hex()}"]\nshared_clock = "clock"\n'
            f'[broker]\nhost = "127.0.0.1"\nport = {broker.port}\n'
            'ca_file = ""\ncertificate_file = ""\nkey_file = ""\n'
        )
        for name in KEYS:
            (folder / name).mkdir()
        self.gates = {
            name: TerminalFolder(folder / name, broker_port=broker.port, name=name, key=key)
            for name, key in KEYS.items()
        }
        self._clocks = [clock, *(gate.clock for gate in self.gates.values())]
        self.centre.run(SEED)
        self.screens = {name: Listener(gate.folder / "kiosk.sock") for name, gate in self.gates.items()}
        self._processes = [self._listen()]
        for gate in self.gates.values():
            self._processes += [gate.start("engine"), gate.start("uplink")]

    def status_where(self, name, fits):
        return self.screens[name].status_where(fits)

    def at(self, hour):
        for clock in self._clocks:
            clock.move_to(NINE_MS + hour * HOUR_MS)

    def scan(self, name):
        """Somebody's badge at a gate, and what the gate says to it."""
        self.gates[name].scanner.scan(token(1))
        return self.screens[name].next(Decided)

    def settled(self):
        return json.loads(self.centre.run(SETTLE).strip().splitlines()[-1].replace("'", '"'))

    def stop(self):
        for process in self._processes:
            process.kill()
            process.wait()
        for screen in self.screens.values():
            screen.close()
        for gate in self.gates.values():
            gate.scanner.unplug()
        self.centre.drop()

    def _listen(self):
        command = [sys.executable, "-m", "muster", "listen", "--config", str(self.centre.config)]
        return subprocess.Popen(command, stdout=sys.stderr)


@pytest.fixture
def site(tmp_path):
    broker = LiveBroker(tmp_path, "allow_anonymous true")
    broker.start()
    site = Site(tmp_path, broker)
    yield site
    site.stop()
    broker.kill()


def test_who_came_at_one_gate_leaves_at_the_other_and_is_credited_for_the_whole_stay(site):
    for name in KEYS:
        site.status_where(name, lambda status: status.elsewhere == 0 and status.devices[0].state == "ready")
    assert site.scan("north-gate").outcome is Outcome.ACCEPTED_IN
    site.status_where("south-gate", lambda status: status.elsewhere == 1)
    site.at(3)
    left = site.scan("south-gate")
    assert (left.outcome, left.since_ms) == (Outcome.ACCEPTED_OUT, NINE_MS)
    site.status_where("north-gate", lambda status: not status.here)
    site.status_where("south-gate", lambda status: status.link.unsent == 0 and status.elsewhere == 0)
    assert site.settled() == [[3 * 3600, []]]
