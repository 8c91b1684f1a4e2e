"""A centre and a terminal as their processes run, with a real Mosquitto that knows both by certificates."""

import datetime as dt
import json
import shutil

import pytest

from kiosk.local_api.messages import Snapshot
from sync.line.authority_key import private_pem
from sync.line.certificate_authority import read_certificate
from sync.line.certificate_request import make_key, make_request
from sync.line.troubles import LineTrouble
from tests.kiosk.terminal_files import Listener, TerminalFolder
from tests.settlement.own_centre import ACCOUNT, OwnCentre
from tests.sync.live_broker import free_port
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import CENTRE_KEY, TERMINAL, TERMINAL_KEY
from tests.sync.shipped_broker import Client, ShippedBroker

ENROL = """
import datetime as dt
from settlement.authority.certificates import open_authority, put_on_record
from settlement.models import Site, Terminal
from sync.line.certificate_authority import CertificateKind
from sync.line.certificate_request import read_request
from cryptography import x509
site, _ = Site.objects.get_or_create(code="north", name="North gate", zone="Asia/Shanghai")
Terminal.objects.create(id={name!r}, site=site, bucket="07", public_key={key!r}, realm="live")
authority = open_authority(settings)
request = read_request(bytes.fromhex({request!r}))
pem = authority.issue_for(request, {name!r}, CertificateKind.TERMINAL, dt.timedelta(days={days}))
put_on_record(x509.load_pem_x509_certificate(pem), CertificateKind.TERMINAL)
print(pem.decode())
"""


class Line:
    """The centre, its broker, and one enrolled terminal; processes run once they are started."""

    def __init__(self, folder):
        self._port = free_port()
        self._running = []
        (folder / "centre").mkdir()
        self.centre = OwnCentre(folder / "centre")
        CENTRE_KEY.save(self.centre.folder / "signing.pem")
        self.configure()
        self.centre.run(ACCOUNT)
        self.broker = ShippedBroker(self.centre.folder / "broker", self._port)
        self.broker.start()
        self.configure()
        (folder / "terminal").mkdir()
        self.terminal = TerminalFolder(folder / "terminal", broker_port=self._port)

    def configure(self, reload=None, grace_s=5):
        pid = getattr(self, "broker", None) and self.broker.pid
        reload = reload if reload is not None else f"kill -HUP {pid}" if pid else ""
        self.centre.configure(
            f"[authority]\nbroker_reload = {json.dumps(reload)}\nwipe_grace_s = {grace_s}\n"
            f'[broker]\nhost = "127.0.0.1"\nport = {self._port}\nca_file = "authority/authority.pem"\n'
            'certificate_file = "authority/centre.pem"\nkey_file = "authority/centre.key"\n'
            "shortest_pause_ms = 50\nlongest_pause_ms = 200\n"
        )

    def enrol(self, days, name=TERMINAL, key=TERMINAL_KEY):
        """Give the terminal a certificate that began a day ago and holds for so many days more."""
        folder, tls_key = self.terminal.folder, make_key()
        request = make_request(tls_key, name).hex()
        script = ENROL.format(name=name, key=key.public.raw.hex(), request=request, days=days)
        (folder / f"{name}.pem").write_text(self.centre.run(script))
        (folder / f"{name}.key").write_bytes(private_pem(tls_key))
        (folder / "ca.pem").write_bytes((self.centre.folder / "authority" / "authority.pem").read_bytes())
        if name == TERMINAL:
            files = f'ca_file = "ca.pem"\ncertificate_file = "{name}.pem"\nkey_file = "{name}.key"\n'
            text = self.terminal.settings.read_text()
            self.terminal.settings.write_text(text.replace("[broker]\n", f"[broker]\n{files}"))

    def listen(self, **options):
        self._running.append(self.centre.start(LISTEN, **options))

    def start(self, process, settings=None):
        self._running.append(self.terminal.start(process, settings))
        return self._running[-1]

    @property
    def certificate(self):
        return read_certificate(self.terminal.folder / f"{TERMINAL}.pem")

    def knock(self, name=TERMINAL):
        client = Client(self.broker, self.terminal.folder, name)
        client.close()
        return client.answer

    def close(self):
        for process in self._running:
            process.kill()
            process.wait()
        self.broker.stop()
        self.terminal.scanner.unplug()
        self.centre.drop()


LISTEN = """
import threading
from settlement.ingest.listener import run_listener
run_listener(settings, threading.Event())
"""


@pytest.fixture
def line(tmp_path):
    line = Line(tmp_path)
    yield line
    line.close()


@pytest.fixture
def screen(line):
    listener = Listener(line.terminal.folder / "kiosk.sock")
    yield listener
    listener.close()


def connected(status):
    return status.link.connected and status.link.unsent == 0


def test_a_certificate_near_its_end_is_renewed_by_itself(line, screen):
    line.enrol(days=1)
    before = line.certificate
    line.listen()
    line.start("engine")
    uplink = line.start("uplink")
    until(lambda: line.certificate != before)
    status = screen.status_where(lambda status: connected(status) and status.link.certificate_days == 539)
    assert not status.certificate_warning
    issued = line.centre.rows("SELECT name FROM settlement_tlscertificate WHERE kind = 'terminal'")
    assert issued == [(TERMINAL,)] * 2
    uplink.kill()
    uplink.wait()
    line.start("uplink")
    screen.status_where(lambda status: not status.link.connected)
    screen.status_where(connected)
    assert sorted(path.name for path in line.terminal.folder.glob(f"{TERMINAL}.*")) == [
        f"{TERMINAL}.key",
        f"{TERMINAL}.pem",
    ]


@pytest.mark.long
def test_few_days_are_told_to_staff_while_nobody_renews(line, screen):
    line.enrol(days=1)
    line.start("engine")
    line.start("uplink")
    status = screen.status_where(lambda status: status.link.connected and status.certificate_warning)
    assert status.link.certificate_days == 0


def test_an_ended_certificate_is_told_as_the_reason(line, screen):
    line.enrol(days=-dt.timedelta(hours=1) / dt.timedelta(days=1))
    line.start("engine")
    line.start("uplink")
    status = screen.status_where(
        lambda status: LineTrouble.CERTIFICATE_ENDED in [one.code for one in status.link.troubles]
    )
    assert status.certificate_warning


def test_a_terminal_that_is_revoked_while_connected_forgets_and_is_refused(line, screen):
    line.enrol(days=300)
    line.enrol(days=300, name="gate-2", key=CENTRE_KEY)
    line.listen()
    line.start("engine")
    line.start("uplink")
    screen.status_where(connected)
    assert list(line.terminal.folder.glob("state/*.kept"))
    other = Client(line.broker, line.terminal.folder, "gate-2")
    line.configure(grace_s=PATIENCE_S)
    done = line.centre.command("centre", "revoke", TERMINAL)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It has forgotten roster, settings and keys." in done.stdout
    assert "The broker refuses its certificate; this was tried." in done.stdout
    until(lambda: screen.next(Snapshot).revoked)
    screen.status_where(lambda status: not status.link.connected)
    assert not list(line.terminal.folder.glob("state/*.kept"))
    assert line.knock() == "hung up"
    assert other.answers.empty()  # whoever else was connected noticed nothing
    other.close()
    again = line.centre.command("centre", "revoke", TERMINAL)
    assert again.returncode == 0, again.stdout + again.stderr


@pytest.mark.long
def test_a_second_device_with_a_copy_of_the_disk_is_told_to_staff_and_centre(line, screen, tmp_path):
    line.enrol(days=300)
    copy = tmp_path / "copy"
    shutil.copytree(line.terminal.folder, copy, ignore=shutil.ignore_patterns("scanner"))
    with (tmp_path / "listener").open("wb") as output:
        line.listen(stdout=output)
    for settings in (line.terminal.settings, copy / "kiosk.toml"):
        line.start("engine", settings)
        line.start("uplink", settings)
    told = screen.status_where(
        lambda status: LineTrouble.SESSION_TAKEN_OVER in [one.code for one in status.link.troubles]
    )
    assert told.link.troubles[0].arguments == {"terminal": TERMINAL}
    until(lambda: b"alarm_session_taken_over" in (tmp_path / "listener").read_bytes())


def test_a_terminal_that_is_away_is_refused_untold(line):
    line.enrol(days=300)
    line.listen()

    def is_refused_untold():
        """Not before the listener has seen the order; the command may be repeated."""
        done = line.centre.command("centre", "revoke", TERMINAL)
        assert done.returncode == 0, done.stdout + done.stderr
        return "did not say within 5 s" in done.stdout

    until(is_refused_untold)
    assert line.knock() == "hung up"


@pytest.mark.long
def test_a_terminal_that_is_away_may_be_let_in_once_more_to_forget(line, screen):
    line.enrol(days=300)
    line.listen()
    done = line.centre.command("centre", "revoke", TERMINAL, "--let-it-forget")
    assert done.returncode == 0
    assert "until you run this command again" in done.stdout
    line.start("engine")
    line.start("uplink")
    until(lambda: screen.next(Snapshot).revoked)
    line.configure(grace_s=PATIENCE_S)
    done = line.centre.command("centre", "revoke", TERMINAL)
    assert "It has forgotten roster, settings and keys." in done.stdout
    assert "this was tried" in done.stdout
    assert line.knock() == "hung up"


@pytest.mark.parametrize(
    ("reload", "told"),
    [
        ("false", "`false` failed (it ended with 1)"),
        ("no-such-command --reload", "No such file or directory"),
    ],
)
@pytest.mark.long
def test_a_broker_that_can_not_be_told_is_told_with_what_to_do(line, reload, told):
    line.enrol(days=300)
    line.configure(reload)
    done = line.centre.command("centre", "revoke", TERMINAL)
    assert done.returncode == 1
    assert "the listener (`muster listen`) is not running" in done.stdout
    assert told in done.stdout
    assert "run this command again" in done.stdout
    assert line.knock() == "let in"
    line.configure()
    assert line.centre.command("centre", "revoke", TERMINAL).returncode == 0
    assert line.knock() == "hung up"


@pytest.mark.long
def test_a_broker_that_does_not_read_its_list_is_noticed(line):
    line.enrol(days=300)
    line.configure("true")
    done = line.centre.command("centre", "revoke", TERMINAL)
    assert done.returncode == 1
    assert "was not seen to refuse it (open)" in done.stdout
