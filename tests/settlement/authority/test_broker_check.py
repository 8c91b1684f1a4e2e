"""`muster broker check` at a real Mosquitto: with the shipped configuration, and with faults in it."""

import pytest

from foundation.words import Words
from sync.conformance.rows import Row
from tests.settlement.own_centre import OwnCentre
from tests.sync.live_broker import free_port
from tests.sync.patience import until
from tests.sync.shipped_broker import Client, ShippedBroker

LISTEN = """
import threading
from settlement.ingest.listener import run_listener
run_listener(settings, threading.Event())
"""
ROW_OF = {Words("en").say(f"broker-row-{row}"): row for row in Row}


class Checked:
    """A centre and its broker, which is started with faults where they are wanted."""

    def __init__(self, folder):
        (folder / "centre").mkdir()
        self.port = free_port()
        self.centre = OwnCentre(folder / "centre")
        self.centre.configure(
            f'[broker]\nhost = "localhost"\nport = {self.port}\nca_file = "authority/authority.pem"\n'
            'certificate_file = "authority/centre.pem"\nkey_file = "authority/centre.key"\n'
        )
        self.centre.run("")
        self.broker = ShippedBroker(self.centre.folder / "broker", self.port)
        self._listener = None

    def spoil(self, settings, access=""):
        """Let settings take the place of the shipped ones, and access be added."""
        file = self.centre.folder / "broker" / "mosquitto.conf"
        kept = [line for line in file.read_text().splitlines() if line.partition(" ")[0] not in settings]
        file.write_text("\n".join([*kept, *(f"{key} {value}" for key, value in settings.items())]) + "\n")
        with file.with_name("mosquitto-acl.conf").open("a") as more:
            more.write(access)

    def listen(self):
        """Start the centre's own listener, and wait until it is connected."""
        log = self.centre.folder / "listener.log"
        with log.open("wb") as output:
            self._listener = self.centre.start(LISTEN, stdout=output, stderr=output)
        until(lambda: b"broker_connected" in log.read_bytes())
        return log

    def check(self, *options, status=0):
        """The mark of each row, and all that was printed."""
        done = self.centre.command("broker", "check", f"mqtts://localhost:{self.port}", *options)
        assert done.returncode == status, done.stdout + done.stderr
        marks = {}
        for line in done.stdout.splitlines():
            if line[:1] in "✔✖!·" and line[1:2] == " ":
                title = next(one for one in ROW_OF if line[2:].partition(" (")[0] == one)
                marks[ROW_OF[title]] = line[0]
        assert set(marks) == set(Row), done.stdout + done.stderr
        return marks, done.stdout

    def close(self):
        if self._listener:
            self._listener.kill()
            self._listener.wait()
        self.broker.stop()
        self.centre.drop()


@pytest.fixture
def checked(tmp_path):
    checked = Checked(tmp_path)
    yield checked
    checked.close()


def but(**marks):
    return {**dict.fromkeys(map(str, Row), "✔"), **marks}


def test_the_shipped_mosquitto_keeps_everything_and_nobody_notices(checked):
    checked.broker.start()
    log = checked.listen()
    marks, told = checked.check()
    assert marks == but()
    assert "It keeps what a terminal asks it to and says so" in told
    assert checked.centre.rows("SELECT count(*) FROM settlement_quarantine") == [(0,)]
    assert log.read_bytes().count(b"broker_connected") == 1
    issued = checked.centre.rows("SELECT name, kind FROM settlement_tlscertificate WHERE name LIKE 'probe-%'")
    assert sorted(issued) == [("probe-1", "listener"), ("probe-2", "listener")]
    folder = checked.centre.folder
    client = Client(checked.broker, folder / "authority", "centre")
    assert client.subscribe("muster/1/up/#")
    assert client.subscribe("muster/1/state/#")
    client.publish("muster/1/up/00/centre/canary", b"last")
    assert client.heard.get(timeout=60) == ("muster/1/up/00/centre/canary", b"last")
    client.close()


@pytest.mark.long
def test_the_shipped_mosquitto_keeps_everything_with_the_older_version(checked):
    checked.broker.start()
    marks, told = checked.check("--mqtt-version", "3.1.1", "--terminals", "probe-7", "probe-8")
    assert marks == but(retained_up="!")
    assert "the listener empties it at its next connection" in told


@pytest.mark.long
def test_an_open_broker_does_not_suit(checked):
    checked.spoil(
        {
            "require_certificate": "false",
            "allow_anonymous": "true",
            "use_identity_as_username": "false",
            "use_username_as_clientid": "false",
            "max_inflight_messages": 3,
        },
        "pattern readwrite muster/1/#\n",
    )
    checked.broker.start()
    marks, told = checked.check(status=1)
    strangers = ("no_certificate", "foreign_certificate", "client_id", "write_access", "read_access")
    wrong = dict.fromkeys(strangers, "✖")
    assert marks == but(**wrong, in_flight="!")
    assert "muster/1/down/probe-1/ack" in told
    assert "throw every other one off" in told
    assert "5 rows that matter" in told


@pytest.mark.slow
def test_a_narrow_broker_does_not_suit(checked):
    checked.spoil({"max_packet_size": 100_000, "retain_available": "false"})
    checked.broker.start()
    marks, _ = checked.check(status=1)
    assert marks["size"] == "✖"
    assert marks["retained"] == "!"
    assert marks["delivery"] == marks["client_id"] == marks["write_access"] == "✔"


@pytest.mark.long
def test_a_broker_whose_access_list_does_not_know_the_check_does_not_suit(checked):
    access = checked.centre.folder / "broker" / "mosquitto-acl.conf"
    access.write_text(access.read_text().replace("user centre-9\n", "user centre-8\n"))
    checked.broker.start()
    marks, told = checked.check(status=1)
    assert marks["delivery"] == "✖"
    assert marks["let_in"] == marks["no_certificate"] == "✔"
    assert marks["write_access"] == "·"
    assert "arrives (muster/1/up/00/probe-1/batch)" in told


def test_a_broker_that_is_not_there_is_said(checked):
    marks, told = checked.check(status=1)
    assert marks["let_in"] == "✖"
    assert marks["size"] == "·"
    assert "Connection refused" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("http://localhost",), "http://localhost is no address of a broker. Write mqtts://HOST:PORT"),
        (("mqtts://localhost", "--terminals", "gate-1", "probe-2"), "can't come by the name gate-1"),
        (("mqtts://localhost", "--terminals", "probe-2", "probe-2"), "can't come by the name probe-2"),
        (("mqtts://localhost", "--centre", "centre"), "can't come by the name centre"),
    ],
)
def test_a_real_terminal_is_never_disturbed(checked, words, said):
    done = checked.centre.command("broker", "check", *words)
    assert done.returncode == 1
    assert said in " ".join(done.stderr.split())
