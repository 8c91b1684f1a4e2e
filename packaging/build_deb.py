#!/usr/bin/env python3
"""Builds muster-terminal or muster-centre as a Debian package: `packaging/build_deb.py ROLE WHEEL FOLDER`.

The package holds a virtual environment with what its role needs and nothing else, pinned with hashes, for the
machine and the Python on which this runs; 64-bit only. Compilers are needed here, not where it is installed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = Path("opt/muster")
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"

COMMON = {
    "systemd/muster-sysusers.conf": "usr/lib/sysusers.d/muster.conf",
    "docs/install.md": "usr/share/doc/{package}/install.md",
    "docs/operations.md": "usr/share/doc/{package}/operations.md",
    "docs/alarms.md": "usr/share/doc/{package}/alarms.md",
    "docs/proofs.md": "usr/share/doc/{package}/proofs.md",
    "docs/verify.html": "usr/share/doc/{package}/verify.html",
    "SECURITY.md": "usr/share/doc/{package}/SECURITY.md",
    "config/alerts.yml": "usr/share/doc/{package}/examples/alerts.yml",
    "LICENSE": "usr/share/doc/{package}/copyright",
    "CHANGELOG.md": "usr/share/doc/{package}/CHANGELOG.md",
}
"""What both packages hold besides the environment: from the checkout to the root of the package."""

UNITS = {
    "terminal": (
        "muster-kiosk.service",
        "muster-uplink.service",
        "muster-screen.service",
        "muster-enrol-here.path",
        "muster-enrol-here.service",
    ),
    "centre": (
        "muster-listen.service",
        "muster-settle.service",
        "muster-web.service",
        "muster-public.service",
        "muster-enrol.service",
        "muster-archive.timer",
        "muster-retain.timer",
        "muster-broker-reload.path",
        "muster-broker-restart.path",
    ),
}
"""What a person starts, once, and an update restarts where it ran."""

STARTED_BY_OTHERS = {
    "terminal": (),
    "centre": (
        "muster-archive.service",
        "muster-retain.service",
        "muster-broker-reload.service",
        "muster-broker-restart.service",
    ),
}

FILES = {
    "terminal": {
        "systemd/screen-session": "usr/lib/muster/screen-session",
        "systemd/foot.ini": "usr/share/muster/foot.ini",
        "systemd/muster-tmpfiles.conf": "usr/lib/tmpfiles.d/muster.conf",
        "systemd/70-muster.rules": "usr/lib/udev/rules.d/70-muster.rules",
        "systemd/60-muster-pcsc.rules": "usr/share/polkit-1/rules.d/60-muster-pcsc.rules",
        "config/kiosk.toml": "etc/muster/kiosk.toml",
    },
    "centre": {
        "systemd/mosquitto.service.d/muster.conf": "usr/lib/systemd/system/mosquitto.service.d/muster.conf",
        "systemd/muster-centre-tmpfiles.conf": "usr/lib/tmpfiles.d/muster-centre.conf",
        "config/mosquitto.conf": "etc/mosquitto/muster/mosquitto.conf",
        "config/acl.conf": "etc/mosquitto/muster/acl.conf",
        "config/settlement.toml": "etc/muster/settlement.toml",
        "config/nginx.conf": "usr/share/doc/{package}/examples/nginx.conf",
        "config/Caddyfile": "usr/share/doc/{package}/examples/Caddyfile",
    },
}
"""What each role has of its own, beside its units."""

DEPENDS = {
    "terminal": (
        "ca-certificates, libzbar0, pcscd, libccid, libpam-systemd, cage, xwayland, foot,"
        " fonts-dejavu-core, fonts-noto-core, fonts-noto-cjk"
    ),
    "centre": "ca-certificates, mosquitto, libzbar0, fonts-noto-core, fonts-noto-cjk",
}
SUGGESTS = {"terminal": "alsa-utils, espeak-ng", "centre": ""}
"""What a terminal with a loudspeaker plays and speaks by."""
DESCRIPTIONS = {
    "terminal": "check-in terminal for volunteer sites",
    "centre": "centre for check-in terminals: evidence in, reviewed hours out",
}
USELESS = ("**/tests", "**/test", "**/__pycache__", "**/*.pyi", "**/*.a", "**/include")
"""Parts of libraries that no service ever reads."""
READ_ALL_THE_SAME = ("django/test",)
"""By the API's library."""


LANGUAGES = ("root", "en.", "en_US", "en_001", "zh", "ar.", "ar_001")
DJANGO_LANGUAGES = ("en", "zh_Hans", "ar")
"""What Muster speaks; of the library's 33 MB of other languages' numbers and dates nothing is read."""


def build(role: str, wheel: Path, folder: Path) -> Path:
    """Build the package of a role from our wheel into the folder; returns its file."""
    if sys.maxsize < 2**32:
        raise SystemExit("Muster's packages are for 64-bit systems only: install a 64-bit Debian.")
    package = f"muster-{role}"
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch) / package
        stage.mkdir(mode=0o755)
        environment(role, wheel, stage)
        units = {
            f"systemd/{unit}": f"usr/lib/systemd/system/{unit}"
            for unit in UNITS[role] + STARTED_BY_OTHERS[role]
        }
        for source, target in (COMMON | units | FILES[role]).items():
            place = stage / target.format(package=package)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, place)
            place.chmod(0o755 if os.access(ROOT / source, os.X_OK) else 0o644)
        (stage / "usr/bin").mkdir(parents=True)
        (stage / "usr/bin/muster").symlink_to("/opt/muster/bin/muster")
        describe(role, package, stage, wheel.name.split("-")[1])
        made = folder / f"{package}_{wheel.name.split('-')[1]}_{architecture()}.deb"
        folder.mkdir(parents=True, exist_ok=True)
        run("dpkg-deb", "--root-owner-group", "-Zzstd", "-z9", "--build", str(stage), str(made))
        print(f"{made}: {size_mb(made)} MB, installed {size_mb(stage)} MB")
    return made


def environment(role: str, wheel: Path, stage: Path) -> None:
    """The virtual environment with the role's pins, as it will stand under /opt/muster."""
    venv = stage / HOME
    run(sys.executable, "-m", "venv", str(venv))
    python = str(venv / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    # lgpio's word for building its C library in, where it has no ready-made module for this Python.
    os.environ["PYPI"] = "1"
    run(*pip, "--require-hashes", "-r", str(ROOT / "packaging" / f"requirements-{role}.txt"))
    run(*pip, "--no-deps", str(wheel))
    libraries = next(venv.glob("lib/python*/site-packages"))
    for pattern in USELESS:
        for found in sorted(libraries.glob(pattern), reverse=True):
            if str(found.relative_to(libraries)) in READ_ALL_THE_SAME:
                continue
            shutil.rmtree(found) if found.is_dir() else found.unlink()
    run(
        python,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "uninstall",
        "--quiet",
        "--yes",
        "setuptools",
        "pip",
    )
    for found in (libraries / "babel" / "locale-data").glob("*.dat"):
        if not found.name.startswith(LANGUAGES):
            found.unlink()
    for found in (libraries / "django").glob("**/locale/*"):
        if found.is_dir() and found.name not in DJANGO_LANGUAGES:
            shutil.rmtree(found)
    for script in (venv / "bin").iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        text = script.read_bytes()
        if str(venv).encode() in text:
            script.write_bytes(text.replace(str(venv).encode(), b"/" + str(HOME).encode()))
    configuration = venv / "pyvenv.cfg"
    configuration.write_text(configuration.read_text().replace(str(venv), f"/{HOME}"))


def describe(role: str, package: str, stage: Path, version: str) -> None:
    """The package's own papers: control file, files that a person may edit, and what runs around it."""
    debian = stage / "DEBIAN"
    debian.mkdir()
    minor = sys.version_info.minor
    other = "centre" if role == "terminal" else "terminal"
    (debian / "control").write_text(
        f"Package: {package}\n"
        f"Version: {version}\n"
        f"Architecture: {architecture()}\n"
        "Maintainer: Muster <muster@localhost>\n"
        f"Installed-Size: {sum(f.lstat().st_size for f in stage.rglob('*')) // 1024}\n"
        f"Depends: python3 (>= 3.{minor}), python3 (<< 3.{minor + 1}), debconf, {DEPENDS[role]}\n"
        + (f"Suggests: {SUGGESTS[role]}\n" if SUGGESTS[role] else "")
        + f"Conflicts: muster-{other}\n"
        "Section: misc\nPriority: optional\n"
        f"Description: {DESCRIPTIONS[role]}\n"
        " Volunteers check in and out with a QR badge, a card or an SMS code;\n"
        " nothing that was accepted is lost.\n"
    )
    kept = sorted(file for file in FILES[role].values() if file.startswith("etc/"))
    (debian / "conffiles").write_text("".join(f"/{file}\n" for file in kept))
    for name in ("postinst", "prerm", "postrm", "templates"):
        text = (ROOT / "packaging" / name).read_text()
        text = (
            text.replace("@PACKAGE@", package)
            .replace("@UNITS@", " ".join(UNITS[role]))
            .replace("@ROLE@", role)
        )
        (debian / name).write_text(text)
        (debian / name).chmod(0o644 if name == "templates" else 0o755)


def architecture() -> str:
    """Debian's name of this machine's architecture."""
    return subprocess.check_output(("dpkg", "--print-architecture"), text=True).strip()


def size_mb(path: Path) -> int:
    """The size of a file, or of all files in a folder, in 10^6 bytes, rounded up."""
    files = [path] if path.is_file() else list(path.rglob("*"))
    return -(-sum(file.lstat().st_size for file in files) // 1_000_000)


def run(*command: str) -> None:
    """Run a command; its failure ends the build."""
    subprocess.run(command, check=True)


if __name__ == "__main__":
    build(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
