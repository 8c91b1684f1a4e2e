"""The units: systemd understands every line, the sandboxes are as tight as promised, nobody gives up."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from settlement.ingest import silent_broker

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "systemd"
SERVICES = sorted(FOLDER.glob("*.service"))
EXPOSURE = {"muster-kiosk": 1.2, "muster-uplink": 1.2, "muster-screen": 1.7, "muster-enrol-here": 2.2}
"""What `systemd-analyze security` may say at most; of the centre's services 1.3."""
TELLS_NOTHING = {
    "muster-archive",
    "muster-broker-reload",
    "muster-broker-restart",
    "muster-enrol-here",
    "muster-retain",
}
"""They end by themselves."""
SCREEN = "muster-screen"
"""A chain of programs that are not ours, of which the last one tells that it goes on."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed here"
)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


def lines_of(unit: Path) -> configparser.SectionProxy:
    parsed = configparser.RawConfigParser(strict=False)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read(unit)
    return parsed["Service"]


def verified(folder: Path) -> str:
    """What systemd complains about in a folder of units."""
    found = analyze("verify", "--man=no", *map(str, sorted(folder.iterdir())))
    ours = [line for line in found.stderr.splitlines() if "muster-" in line]
    return "\n".join(ours) + ("" if found.returncode == 0 else f"\nstatus {found.returncode}: {found.stderr}")


@pytest.fixture
def units(tmp_path):
    """All units, with programs that exist in the place of those that packages install."""
    for unit in (*SERVICES, *FOLDER.glob("*.timer"), *FOLDER.glob("*.path")):
        text = re.sub(r"(?m)^(Exec\w+=[-+!:]*)/(opt|usr/(local/)?lib)/\S+", r"\1/bin/true", unit.read_text())
        (tmp_path / unit.name).write_text(text)
    return tmp_path


@needs_systemd
def test_systemd_understands_every_line(units):
    assert verified(units) == ""


@needs_systemd
def test_it_would_notice_a_line_that_it_does_not_understand(units):
    unit = units / "muster-web.service"
    unit.write_text(unit.read_text().replace("[Service]", "[Service]\nRestartPause=5s"))
    assert "RestartPause" in verified(units)


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_its_sandbox_is_as_tight_as_promised(unit):
    most = EXPOSURE.get(unit.stem, 1.3)
    found = analyze("security", "--offline=true", f"--threshold={most * 10:.0f}", str(unit))
    assert found.returncode == 0, found.stdout[-300:]


@needs_systemd
def test_the_brokers_sandbox_is_as_tight_as_promised(tmp_path):
    debians = Path("/lib/systemd/system/mosquitto.service")
    ours = (FOLDER / "mosquitto.service.d" / "muster.conf").read_text()
    both = tmp_path / "mosquitto.service"
    both.write_text(debians.read_text() + ours)
    found = analyze("security", "--offline=true", "--threshold=15", str(both))
    assert found.returncode == 0, found.stdout[-300:]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_the_boot_id_is_not_hidden_from_it(unit):
    assert "ProcSubset" not in lines_of(unit), "foundation/clock.py reads /proc/sys/kernel/random/boot_id"


@pytest.mark.parametrize(
    "unit",
    [unit for unit in SERVICES if unit.stem not in {*TELLS_NOTHING, SCREEN}],
    ids=lambda unit: unit.stem,
)
def test_one_that_hangs_or_fails_is_started_anew_for_ever(unit):
    lines = lines_of(unit)
    assert (lines["Type"], lines["NotifyAccess"], lines["Restart"]) == ("notify", "main", "always")
    assert lines["WatchdogSec"]
    assert "StartLimitIntervalSec=0" in unit.read_text()
    # Where foundation/restarts.py counts, so that the pauses grow.
    assert (lines["RuntimeDirectoryPreserve"], lines["RestartSec"]) == ("restart", "2s")
    others = [lines_of(other).get("RuntimeDirectory") for other in SERVICES if other != unit]
    assert lines["RuntimeDirectory"] not in others


def test_a_screen_that_hangs_is_started_anew_whichever_program_draws_it():
    lines = lines_of(FOLDER / f"{SCREEN}.service")
    assert (lines["NotifyAccess"], lines["Restart"]) == ("all", "always")
    assert lines["WatchdogSec"]
    # Else systemd's word for the shell's process would keep the screen from telling it.
    assert "unset WATCHDOG_PID" in (FOLDER / "screen-session").read_text()


def test_a_broker_that_hangs_is_started_anew():
    path = (FOLDER / "muster-broker-restart.path").read_text()
    folder = lines_of(FOLDER / "muster-listen.service")["RuntimeDirectory"]
    assert f"PathChanged=/run/{folder}/{silent_broker.FILE}\n" in path
    assert lines_of(FOLDER / "muster-broker-restart.service")["ExecStart"].endswith(
        "kill --signal=KILL mosquitto.service"
    )


def test_the_centres_services_share_one_sandbox():
    own = {"ExecStart", "WatchdogSec", "RuntimeDirectory"}
    centre = [FOLDER / f"muster-{name}.service" for name in ("listen", "settle", "web", "enrol")]
    shared = [{key: value for key, value in lines_of(unit).items() if key not in own} for unit in centre]
    assert shared[1:] == shared[:-1]
