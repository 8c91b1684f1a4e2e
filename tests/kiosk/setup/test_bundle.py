"""The archive for support, of a terminal in whose every file there are people and secrets: none is in it.

What is planted here is what a terminal really holds, made by the programs that make it, and besides a word of
somebody in each file that a person or a program could have written to.
"""

import json
import subprocess
import sys
import tarfile

import pytest

from kiosk.local_api.messages import Status
from kiosk.provisioning.centre_data import ROSTER as KEPT
from kiosk.settings import KioskFiles
from kiosk.storage.encrypted_files import AtRest
from sync.contract.roster import seal_roster
from sync.line.authority_key import private_pem
from sync.line.certificate_request import make_key
from tests.kiosk.samples import PINS, PSEUDONYM_KEY, ROSTER
from tests.kiosk.terminal_files import Listener, TerminalFolder, end
from tests.sync.live_authority import LiveAuthority
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import CENTRE_KEY, TERMINAL, TERMINAL_KEY, check_in, open_log

PLANTED = "Planted-Palimpsest"
PHONE = "13800138000"
CONTACT = f"Zhao Contact, {PHONE}"
CAMERA = "rtsp://staffer:CameraPassword9@127.0.0.1:9/li-ming"
ALWAYS = {"versions.txt", "devices.txt", "journal.txt"}
PARTS = ALWAYS | {"report.txt", "settings.json", "units.txt", "metrics.txt"}
LOOSE = ("ntag424.toml", "notes.txt", "state/overrides.kept", "state/revoked", "state/log.db.ballast")


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    LiveAuthority(tmp_path).issue(TERMINAL)
    named = f'ca_file = "ca.pem"\ncertificate_file = "{TERMINAL}.pem"\nkey_file = "{TERMINAL}.key"\n'
    text = folder.settings.read_text().replace("[broker]\n", f"[broker]\n{named}")
    folder.settings.write_text(f'{text}[[camera]]\nname = "camera"\nsource = "{CAMERA}"\n# {PLANTED}\n')
    folder.set(
        contact=CONTACT, sms_number=f"+86{PHONE}", activity=PLANTED.lower(), metrics_file="muster.prom"
    )
    yield folder
    folder.scanner.unplug()


@pytest.fixture
def planted(terminal):
    """Every file that a terminal may have, with people and secrets; gives the texts that must not leave."""
    folder, files = terminal.folder, KioskFiles(terminal.settings)
    at_rest = AtRest(files.state_folder, files.device_secret_file)
    at_rest.keep(KEPT, seal_roster(ROSTER, CENTRE_KEY))
    at_rest.keep("settings", PLANTED.encode())
    log = open_log(terminal.log_file)
    for volunteer in (200_600_1, 200_600_2):
        log.append(check_in(volunteer))
    log.close()
    (folder / "muster.prom").write_text(
        f'# HELP muster_here {PLANTED}\nmuster_here 3\nmuster_x{{device="{PLANTED}"}} 1\n{PLANTED} {PHONE}\n'
    )
    (folder / "enrolment.pending").write_text(json.dumps({"secret": PLANTED, "phone": PHONE}))
    (folder / f"{TERMINAL}.key.next").write_bytes(private_pem(make_key()))
    for name in LOOSE:
        (folder / name).write_text(f"{PLANTED} {PHONE} {PINS}\n")
    pems = [TERMINAL_KEY.pem().decode(), (folder / f"{TERMINAL}.key").read_text()]
    people = [person.name for person in ROSTER.people] + [one.name for one in ROSTER.staff]
    return [
        PLANTED,
        PLANTED.lower(),
        PHONE,
        "Zhao",
        "CameraPassword9",
        "staffer",
        "li-ming",
        "2006001",
        PSEUDONYM_KEY.hex(),
        files.device_secret_file.read_text(),
        CENTRE_KEY.public.raw.hex(),
        *(line for pem in pems for line in pem.splitlines()[1:-1]),
        *people,
        *PINS.values(),
        *(one.verifier for one in ROSTER.staff),
        *(one.ref for one in ROSTER.credentials),
    ]


def bundle(terminal, *more):
    path = terminal.folder / "support.tar.gz"
    named = ("--config", str(terminal.settings), "--bundle", str(path))
    ended = subprocess.run(
        [sys.executable, "-m", "muster", "doctor", *named, *more],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    return ended, unpacked(path) if path.exists() else {}


def unpacked(path):
    """Every part of the archive by its name."""
    with tarfile.open(path) as archive:
        texts = {one.name: archive.extractfile(one).read().decode() for one in archive}
    return {name.removeprefix("muster-support/"): text for name, text in texts.items()}


def found_in(parts, texts):
    return [(name, text) for name, content in parts.items() for text in texts if text in content]


def test_nothing_that_was_planted_is_in_the_archive(terminal, planted):
    ended, parts = bundle(terminal)
    assert set(parts) == PARTS
    assert found_in(parts, planted) == []
    assert "support.tar.gz" in ended.stdout.replace("\n", "")
    assert (terminal.folder / "support.tar.gz").stat().st_mode & 0o777 == 0o600


def test_the_files_really_held_what_was_planted(terminal, planted):
    """Else the test above would find nothing for want of anything to find."""
    inside = (one for one in terminal.folder.rglob("*") if one.is_file() and one.name != "scanner")
    raw = b"".join(one.read_bytes() for one in inside)
    plain = {PLANTED, PHONE, "CameraPassword9", "2006001", PSEUDONYM_KEY.hex(), PINS["liaison-7"]}
    assert [text for text in plain if text.encode() not in raw] == []
    assert plain <= set(planted)


def test_it_holds_what_support_asks_for(terminal, planted):
    _, parts = bundle(terminal)
    assert "✖ broker" in parts["report.txt"]
    assert "muster " in parts["versions.txt"]
    assert "cryptography " in parts["versions.txt"]
    assert "Devices of this machine" in parts["devices.txt"]
    settings = json.loads(parts["settings.json"])
    assert settings["terminal"] == TERMINAL
    assert settings["contact"] == settings["camera"][0]["source"] == "(left out)"
    assert parts["metrics.txt"].splitlines() == ["# HELP muster_here", "muster_here 3"]


def test_a_running_engine_gives_its_figures_and_names_nobody_who_is_here(terminal, planted):
    engine = terminal.start("engine")
    listener = Listener(KioskFiles(terminal.settings).socket)
    try:
        assert isinstance(listener.next(Status), Status)
        _, parts = bundle(terminal)
    finally:
        listener.close()
        end(engine)
    assert "muster_head_seq" in parts["metrics.txt"]
    assert found_in(parts, planted) == []


def test_settings_that_are_wrong_still_make_an_archive_and_end_with_1(terminal, planted):
    terminal.set(keep_days=1)
    ended, parts = bundle(terminal)
    assert ended.returncode == 1
    assert "keep_days" in ended.stderr
    assert set(parts) == ALWAYS
    assert found_in(parts, planted) == []


def test_an_archive_that_can_t_be_written_is_told_with_its_path(terminal):
    path = terminal.folder / "none" / "support.tar.gz"
    ended, _ = bundle(terminal, "--bundle", str(path))
    assert ended.returncode == 1
    assert f"The archive {path} can't be written" in ended.stderr
