"""One archive for support: what the doctor found, and how the terminal is set up; no people, no secrets."""

import datetime as dt
import io
import platform
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from prometheus_client import generate_latest

from foundation import VERSION
from foundation.durable import replacing
from foundation.errors import SettingsError
from foundation.figures import registry_of
from foundation.words import Words
from kiosk.checkup.page import page_of
from kiosk.checkup.services import UNITS
from kiosk.health.metrics import figures_of
from kiosk.settings import KioskFiles
from kiosk.setup.examination import Examined
from kiosk.setup.leave_out import journal_line, metrics_shown, scrubbed, shown_settings, withheld
from kiosk.setup.listing import describe_machine
from kiosk.setup.machine import Machine
from kiosk.troubles import CheckTrouble

_OS_RELEASE = Path("/etc/os-release")
_JOURNAL_LINES = 5_000
_WITHIN_S = 60
_UNITS_WITH_A_JOURNAL = (*UNITS, "muster-enrol")


def write_bundle(path: Path, files: KioskFiles | None, examined: Examined | None, machine: Machine) -> None:
    """Write it for the owner of the folder alone; raises SettingsError where it can't be written.

    Without `files` and `examined`, of a machine whose settings are missing or wrong.
    """
    unwanted = withheld(files.settings) if files else []
    parts = {name: scrubbed(text, unwanted) for name, text in _parts(files, examined, machine).items()}
    try:
        with replacing(path, 0o600) as file:
            file.write(archive_of(parts, dt.datetime.now(dt.UTC)))
    except OSError as error:
        raise SettingsError(CheckTrouble.BUNDLE_NOT_WRITTEN, path=path, why=error.strerror) from error


def archive_of(parts: Mapping[str, str], at: dt.datetime) -> bytes:
    """A gzipped tar archive of these texts, in one folder."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in parts.items():
            content = text.encode()
            entry = tarfile.TarInfo(f"muster-support/{name}")
            entry.size, entry.mtime, entry.mode = len(content), int(at.timestamp()), 0o600
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _parts(files: KioskFiles | None, examined: Examined | None, machine: Machine) -> dict[str, str]:
    english = Words("en")
    names = {files.settings.terminal, *files.settings.device_names()} if files else set()
    parts = {
        "versions.txt": "\n".join([*_versions(), ""]),
        "devices.txt": "\n".join([*describe_machine(machine, english), ""]),
        "journal.txt": "\n".join([*_journal(names), ""]),
    }
    if files and examined:
        parts["report.txt"] = "\n".join([*page_of(VERSION, examined.checks, english, None), ""])
        parts["settings.json"] = shown_settings(files.settings)
        parts["units.txt"] = "\n".join([*map(str, examined.units or ("no systemd here",)), ""])
        parts["metrics.txt"] = _metrics(files, examined, names)
    return parts


def _versions() -> Iterator[str]:
    yield f"muster {VERSION}"
    yield f"python {sys.version.split()[0]}"
    yield f"machine {platform.machine()}, kernel {platform.release()}"
    if _OS_RELEASE.exists():
        told = _OS_RELEASE.read_text(encoding="utf-8")
        system = re.search(r'^PRETTY_NAME="?([^"\n]*)', told, re.MULTILINE)
        yield f"system {system[1] if system else ''}"
    try:
        required = metadata.requires("muster") or []
    except metadata.PackageNotFoundError:
        required = []
    for name in sorted({re.split(r"[^\w.-]", one)[0] for one in required}):
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield f"{name} is not installed"


def _journal(names: set[str]) -> Iterator[str]:
    units = [f"--unit={unit}.service" for unit in _UNITS_WITH_A_JOURNAL]
    command = ["journalctl", *units, f"--lines={_JOURNAL_LINES}", "--output=json", "--no-pager", "--quiet"]
    try:
        asked = subprocess.run(command, capture_output=True, timeout=_WITHIN_S, check=False)
    except (OSError, subprocess.SubprocessError):
        yield "no journal here"
        return
    lines = [line for entry in asked.stdout.splitlines() if (line := journal_line(entry, names))]
    yield from lines or ["no journal here"]


def _metrics(files: KioskFiles, examined: Examined, names: set[str]) -> str:
    """Of the engine itself where it runs, else what it wrote last."""
    kinds = {one.kind.name for one in files.settings.devices}
    status = examined.engine.status
    if status:
        return metrics_shown(generate_latest(registry_of(lambda: figures_of(status))).decode(), names | kinds)
    name = files.settings.metrics_file
    try:
        text = files.path(name).read_text(encoding="utf-8", errors="replace") if name else ""
    except OSError:
        text = ""
    return metrics_shown(text, names | kinds)
