"""A live centre as people meet it: its real processes, nginx before them, a terminal's real messages."""

import re
import subprocess
import sys

from foundation.settings import shipped
from tests.settlement.own_centre import OwnCentre
from tests.settlement.real_broker import free_port
from tests.settlement.web.nginx_proxy import HOST, Proxy, listens
from tests.sync.patience import PATIENCE_S, until

ADDRESS = f"https://{HOST}"
SETTINGS = """
[web]
port = {port}
allowed_hosts = ["{host}"]
refresh_s = 1
[enrolment]
host = "127.0.0.1"
listen = "127.0.0.1"
port = {enrolment}
[metrics]
web = 0
settler = 0
[rules]
settlement_tz = "Asia/Shanghai"
"""
DAY = """
import time
from paper_terminal import NOON_MS, PaperTerminal
from settlement.centre import open_centre
from settlement.ingest.ingest import ingest
from settlement.models import Activity, Assignment, PhaseChange, Shift, Site, Volunteer
from settlement.organisations.tree import add_organisation
HOUR = 3_600_000
NOW_MS = time.time_ns() // 1_000_000
city = add_organisation("City of Lanterns", issuer="310115")
city.in_charge = "Chen Yu"
city.save()
site = Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai", organisation=city)
for number in range(1001, 1013):
    Volunteer.objects.create(number=number, display_name=f"Person {number}", language="en")
fair = Activity.objects.create(id="fair", site=site, title="Lantern fair", organisation=city)
fair.content, fair.recipients = "guiding visitors", "guests of the fair"
fair.save()
Shift.objects.create(activity=fair, start_ms=NOON_MS - 3 * HOUR, end_ms=NOON_MS + 5 * HOUR)
PhaseChange.objects.create(activity=fair, phase="executing", from_ms=NOON_MS - 12 * HOUR)
PhaseChange.objects.create(activity=fair, phase="ended", from_ms=NOON_MS + 6 * HOUR)
today = Activity.objects.create(id="today", site=site, title="Today", organisation=city)
Shift.objects.create(activity=today, start_ms=NOW_MS - HOUR, end_ms=NOW_MS + 7 * HOUR)
PhaseChange.objects.create(activity=today, phase="executing", from_ms=NOW_MS - 12 * HOUR)
Assignment.objects.create(activity=today, volunteer_id=1012)
terminal = PaperTerminal()
terminal.enrol(site)
terminal.start(NOON_MS - 4 * HOUR)
for number in range(1001, 1009):
    terminal.check_in(f"badge:{number}.1", wall_ms=NOON_MS - 3 * HOUR)
    if number < 1006:
        hours = 3 if number == 1005 else 5
        terminal.check_out(f"badge:{number}.1", wall_ms=NOON_MS + hours * HOUR)
ingest(terminal.batch_topic, terminal.batch(), NOON_MS + 10 * HOUR, centre=open_centre(settings))
ingest(terminal.hello_topic, terminal.hello(), NOON_MS + 11 * HOUR, centre=open_centre(settings))
"""
"""An ended fair: five whole stays, one until 15:00, and three without a check-out. Today one is expected."""

SCAN = """
import time
from paper_terminal import PaperTerminal
from settlement.centre import open_centre
from settlement.ingest.ingest import ingest
from settlement.models import Site
now_ms = time.time_ns() // 1_000_000
other = PaperTerminal(name={name!r}, epoch={epoch!r})
other.enrol(Site.objects.get(code="north"))
other.start(now_ms - 60_000)
other.check_in("badge:1012.1", wall_ms=now_ms, activity="today")
ingest(other.batch_topic, other.batch(), now_ms, centre=open_centre(settings))
ingest(other.hello_topic, other.hello(wall_ms=now_ms), now_ms, centre=open_centre(settings))
"""


class LiveCentre:
    """Pages behind TLS, a settler, and an account of the highest level that was only invited yet."""

    def __init__(self, folder):
        self.centre = OwnCentre(folder)
        self._port = free_port()
        self._enrolment = free_port()
        self.centre.configure(SETTINGS.format(port=self._port, enrolment=self._enrolment, host=HOST))
        (folder / "proxy").mkdir()
        self.proxy = Proxy(folder / "proxy", self._port)
        self._scans = 0
        self._processes = []

    def start(self):
        self.muster("centre", "prepare")
        self.muster("account", "add", "zhao", "--name", "Zhao Min", "--level", "super")
        self.centre.run(DAY)
        python = [sys.executable, "-m", "muster"]
        self._processes += [
            subprocess.Popen([*python, service, "--config", str(self.centre.config)])
            for service in ("web", "settle", "enrol-server")
        ]
        self._processes.append(subprocess.Popen(self.proxy.command))
        until(lambda: all(map(listens, (self.proxy.port, self._port, self._enrolment))))
        until(lambda: self.count("settlement_ledgerentry") == 8)

    def stop(self):
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(PATIENCE_S)
        self.centre.drop()

    def muster(self, *words):
        """What a command of the centre prints."""
        done = self.centre.command(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def invite(self, login="zhao"):
        """The address by which somebody sets a password."""
        found = re.search(r"/invitation/\S+", self.muster("account", "invite", login))
        assert found
        return found[0]

    def add_account(self, login, name, level, *more):
        """Somebody who is invited to the pages of the city's organisation."""
        (path,) = self.centre.rows("SELECT path FROM settlement_organisation")[0]
        account = ("account", "add", login, "--name", name, "--level", level)
        self.muster(*account, "--organisation", path, *more)

    def scan(self):
        """Somebody checks in at this moment, at a terminal of the site."""
        self._scans += 1
        self.centre.run(SCAN.format(name=f"side-gate-{self._scans}", epoch=f"{self._scans:032x}"))

    def enrol(self, token):
        """A new terminal joins with a token that was typed; what its screen says."""
        folder = self.centre.folder / "terminal"
        folder.mkdir()
        text = shipped("kiosk.toml").read_text(encoding="utf-8")
        (folder / "kiosk.toml").write_text(text.replace("/var/lib/muster", f"{folder}/state"))
        joined = subprocess.run(
            [sys.executable, "-m", "muster", "enrol", token, "--config", f"{folder}/kiosk.toml"],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert joined.returncode == 0, joined.stderr
        return joined.stdout

    def count(self, table, where="TRUE"):
        return self.centre.rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0]

    def let_minutes_pass(self):
        """Everything that is held may be posted now."""
        self.centre.run("from settlement.models import HeldReview; HeldReview.objects.update(post_at_ms=0)")
