"""What may happen to two machines that are in service: hung processes, power, a lost database, a thief."""

import re
import subprocess
from pathlib import Path

from tests.boot.approved import approve
from tests.boot.display import draw
from tests.boot.handbook import OPERATIONS, blocks
from tests.boot.machine import Machine, until
from tests.boot.play import Play, number

WATCHED = {
    "centre": ("mosquitto", "muster-listen", "muster-settle", "muster-web", "muster-public", "muster-enrol"),
    "terminal": ("muster-kiosk", "muster-uplink", "muster-screen"),
}
"""Services that systemd starts anew when they hang."""

# Gives the terminal a certificate that ends within a day, for the key that it has.
_SHORT_LIVED = """
import datetime as dt, sys
from pathlib import Path
from cryptography import x509
from settlement.setup import start
settings = start(Path("/etc/muster/settlement.toml"))
from settlement.authority.certificates import open_authority, put_on_record
from sync.line.certificate_authority import CertificateKind
before = x509.load_pem_x509_certificate(sys.stdin.buffer.read())
pem = open_authority(settings).issue_for(
    before.public_key(), "river-1", CertificateKind.TERMINAL, dt.timedelta(days=1))
put_on_record(x509.load_pem_x509_certificate(pem), CertificateKind.TERMINAL)
sys.stdout.write(pem.decode())
"""
LOG = "/var/lib/muster/log.db"
_CHECK_INS = "SELECT count(*) FROM event WHERE kind = 'check_in'"
_CERTIFICATE = "/var/lib/muster/terminal.pem"


def afterwards(play: Play, picture: Path) -> None:
    """All of it, one thing after the other; each leaves the machines in service but the last.

    `picture` is where what the display showed is kept.
    """
    play.step("activity goes on", lambda: _go_on(play))
    play.step("screen on a display server", lambda: draw(play, picture))
    play.step("hung services come back", lambda: _hang(play))
    play.step("both rebooted", lambda: _reboot(play))
    play.step("engine broken, log delivered", lambda: _without_engine(play))
    play.step("database of before restored", lambda: _restore(play))
    play.step("signing key replaced", lambda: _replace_key(play))
    play.step("certificate renewed by itself", lambda: _renew(play))
    play.step("approved without a token", lambda: approve(play))
    play.step("revoked while connected", lambda: _revoke(play))


def _go_on(play: Play) -> None:
    """Take back that the activity has ended, and wait until the terminal knows; its new name tells that."""
    play.centre.run(
        'sed -i \'s/^phases = .*/phases = [["executing", 2026-01-01T00:00:00]]/; '
        's/^title = .*/title = "Lantern fair, second day"/\' /root/sites.toml && '
        "muster centre enter /root/sites.toml"
    )
    until(lambda: "second day" in play.terminal.screen, "the screen shows the next roster's name")


def _hang(play: Play) -> str:
    before = {}
    for name, services in WATCHED.items():
        for service in services:
            machine = play.machines[name]
            before[machine, service] = _main_process(machine, service)
            machine.run(f"kill -STOP {before[machine, service]}")
    for (machine, service), process in before.items():
        until(
            lambda machine=machine, service=service, process=process: (
                _main_process(machine, service) not in {"0", process}
                and machine.run(f"systemctl is-active {service} || true").strip() == "active"
            ),
            f"{service} comes back",
            300,
        )
    play.check("check_in", "1002")
    return f"{len(before)} services"


def _reboot(play: Play) -> str:
    for machine in play.machines.values():
        machine.reboot()
    play.services_run()
    play.start_scanner()
    play.scanner_is_open()
    play.check("check_out", "1002")
    return "ready without a hand"


def _without_engine(play: Play) -> str:
    terminal = play.terminal
    terminal.run("systemctl stop muster-uplink")
    before = play.events("check_in")
    held = number(terminal, LOG, _CHECK_INS)
    play.scan("1002")
    until(lambda: number(terminal, LOG, _CHECK_INS) > held, "the log holds the check-in")
    terminal.run(
        "mkdir -p /run/systemd/system/muster-kiosk.service.d && "
        "printf '[Service]\\nExecStart=\\nExecStart=/bin/false\\n' > "
        "/run/systemd/system/muster-kiosk.service.d/broken.conf && "
        "systemctl daemon-reload && systemctl kill -s KILL muster-kiosk && systemctl start muster-uplink"
    )
    until(lambda: play.events("check_in") > before, "the uplink delivers alone")
    terminal.run(
        "rm /run/systemd/system/muster-kiosk.service.d/broken.conf && "
        "systemctl daemon-reload && systemctl restart muster-kiosk"
    )
    play.services_run()
    play.check("check_out", "1002")
    return "delivered"


def _restore(play: Play) -> str:
    page = blocks(OPERATIONS)
    for block in page:
        if block.section == "Backup":
            play.machines[block.machine].run("cd /root\n" + block.script)
    play.check("check_in", "1002")
    whole = play.events("check_in")
    for block in page:
        if block.section == "Restore":
            play.machines[block.machine].run("cd /root\n" + block.script)
    play.centre.run("systemctl start muster-enrol")
    until(lambda: play.events("check_in") == whole, "the terminal sends again what is missing")
    play.check("check_out", "1002")
    return f"{whole} check-ins, as before"


def _replace_key(play: Play) -> str:
    for block in blocks(OPERATIONS):
        if block.section == "Another signing key":
            play.machines[block.machine].run("cd /root\n" + block.script)
    told = "runuser -u muster-settlement -- muster centre signing-key"
    until(
        lambda: (said := play.centre.run(told)).count(re.findall(r"[0-9a-f]{16}", said)[0]) > 1,
        "the terminal follows to the next key",
    )
    play.check("check_in", "1002")
    play.check("check_out", "1002")
    return "the terminal followed"


def _renew(play: Play) -> str:
    now = play.terminal.run(f"cat {_CERTIFICATE}")
    script = Path(play.folder / "short_lived.py")
    script.write_text(_SHORT_LIVED, encoding="utf-8")
    play.centre.put(script, "/root/short_lived.py")
    old = play.folder / "old.pem"
    old.write_text(now, encoding="ascii")
    play.centre.put(old, "/root/old.pem")
    made = play.centre.run("cd /root && /opt/muster/bin/python short_lived.py < old.pem 2>/dev/null")
    old.write_text(made, encoding="ascii")
    play.terminal.put(old, _CERTIFICATE)
    play.terminal.run("systemctl restart muster-uplink")
    until(lambda: play.terminal.run(f"cat {_CERTIFICATE}") not in {now, made}, "the certificate is another")
    _reload_broker(play)
    listed = play.centre.run("muster terminal show river-1")
    return next((line.strip() for line in listed.splitlines() if "certificate" in line.lower()), "renewed")


def _reload_broker(play: Play) -> None:
    """The broker reads a certificate that the listener's account renewed."""
    told = "journalctl -u mosquitto --no-pager | grep -ci reload || true"
    before = int(play.centre.run(told))
    play.centre.run(
        "cd /var/lib/muster-settlement/broker && "
        "runuser -u muster-settlement -- sh -c 'cp broker.pem next && mv next broker.pem'"
    )
    until(lambda: int(play.centre.run(told)) > before, "the broker reads its certificate anew")


def _revoke(play: Play) -> str:
    names = "ls /var/lib/muster"
    assert "roster" in play.terminal.run(names)
    play.centre.run("muster terminal revoke river-1")
    until(lambda: "roster" not in play.terminal.run(names), "the terminal forgets", 60)
    words = "certificate (revoked|verify failed)"
    refused = f"journalctl -u mosquitto --no-pager -n 40 | grep -cE '{words}' || true"
    until(lambda: int(play.centre.run(refused)) > 0, "the broker refuses the certificate")
    return "wiped, and refused by the broker"


def _main_process(machine: Machine, service: str) -> str:
    try:
        return machine.run(f"systemctl show --value --property MainPID {service}").strip()
    except subprocess.CalledProcessError:
        return "0"
