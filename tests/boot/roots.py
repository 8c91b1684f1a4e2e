"""What machines are booted from: a fresh Debian, and our packages built for it. Needs root and a network.

Both are kept in a folder; a root is made anew when it is deleted, packages with every run.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
BASE = "systemd,systemd-sysv,dbus,udev,ca-certificates,iproute2,procps,python3"
"""Of the machine itself: what any Debian brings that boots."""
BUILD = "gcc python3-dev python3-venv swig libpcsclite-dev pkg-config zstd"
_TRIAL = """
mount -t cgroup2 none "$0/below"
mount -t tmpfs none "$0/above"
cd "$0/above"
mkdir lower upper work tree
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work tree
"""
SUITES = ("bookworm", "trixie")


def what_is_missing() -> str:
    """Why this machine can boot no others; "" where it can."""
    if os.geteuid() != 0:
        return "only root can"
    for program in ("debootstrap", "systemd-nspawn", "nsenter", "unshare", "ip"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "above").mkdir()
        (Path(folder) / "below").mkdir()
        tried = subprocess.run(
            ("unshare", "--mount", "--net", "--propagation", "private", "sh", "-euc", _TRIAL, folder),
            check=False,
            capture_output=True,
            text=True,
        )
    return f"it may not mount what machines need ({tried.stderr.strip()})" if tried.returncode else ""


def make_root(suite: str, folder: Path) -> Path:
    """The root of that release, as it is right after it was installed."""
    root = folder / suite
    if (root / "made").exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    mirror = _mirror()
    _run("debootstrap", "--variant=minbase", f"--include={BASE}", suite, str(root), mirror)
    _lend_network(root)
    _inside(root, "apt-get update -q")
    (root / "made").touch()
    return root


def build_packages(suite: str, root: Path, folder: Path, wheel: Path) -> dict[str, Path]:
    """Both packages for that release by the name of their role, built in a copy of its root."""
    place = folder / f"{suite}-build"
    if not (place / "made").exists():
        shutil.rmtree(place, ignore_errors=True)
        _run("cp", "-a", str(root), str(place))
        (place / "made").unlink()
        _inside(place, f"apt-get install -y -q --no-install-recommends {BUILD}")
        (place / "made").touch()
    _lend_network(place)
    source = place / "src"
    shutil.rmtree(source, ignore_errors=True)
    for part in ("packaging", "config", "systemd", "docs"):
        shutil.copytree(HOUSE / part, source / part)
    for name in ("LICENSE", "CHANGELOG.md", "SECURITY.md"):
        shutil.copy(HOUSE / name, source / name)
    shutil.copy(wheel, source)
    for role in ("terminal", "centre"):
        _inside(place, f"cd /src && python3 packaging/build_deb.py {role} {wheel.name} dist")
    return {role: next((source / "dist").glob(f"muster-{role}_*.deb")) for role in ("terminal", "centre")}


def store_dependencies(root: Path, packages: dict[str, Path], *more: str) -> None:
    """Put what our packages ask for, and `more`, into the root's own store: no machine has a network."""
    _lend_network(root)
    for name in more:
        _inside(root, f"apt-get install -y -q --no-install-recommends --download-only {name}")
    for package in packages.values():
        shutil.copy(package, root / "root")
        _inside(root, f"apt-get install -y -q --no-install-recommends --download-only /root/{package.name}")
        (root / "root" / package.name).unlink()


def build_wheel(folder: Path) -> Path:
    """Our own code as a wheel."""
    shutil.rmtree(folder, ignore_errors=True)
    pip = (str(HOUSE / ".venv" / "bin" / "pip"), "wheel", "--quiet", "--disable-pip-version-check")
    _run(*pip, "--no-deps", "--no-build-isolation", "-w", str(folder), str(HOUSE))
    return next(folder.glob("muster-*.whl"))


def _mirror() -> str:
    """Where this machine itself takes its packages from."""
    told = subprocess.run(
        ("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"),
        check=True,
        capture_output=True,
        text=True,
    )
    return next(line for line in told.stdout.split() if line.rstrip("/").endswith("/debian"))


def _lend_network(root: Path) -> None:
    for file in ("/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt"):
        shutil.copy(file, root / file.lstrip("/"))


def _inside(root: Path, script: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name.lower().startswith(("pip_", "http"))}
    environment = {
        **kept,
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive",
        "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
    }
    subprocess.run(("chroot", str(root), "sh", "-eu", "-c", script), check=True, env=environment)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
