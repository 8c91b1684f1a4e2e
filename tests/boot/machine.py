"""A Debian machine with a real systemd as pid 1, booted from a folder by systemd-nspawn; needs root.

What is changed in it lies in a folder of its own above the root, so that a root serves many machines. The
machine has its own boot id at each start, no network but what it is given, and a first console that a test
holds the other end of.
"""

import base64
import contextlib
import os
import pty
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_SWITCHED_OFF_S = 120
_REBOOTS = 133
"""What nspawn ends with when the machine asked to be rebooted (man systemd-nspawn, --keep-unit)."""

# In a mount namespace of its own, where only version 2 of the control groups is in sight: elsewhere systemd
# would enforce neither DeviceAllow nor IPAddressDeny. The machine gets a group of its own.
_BOOT = """
set -eu
umount -R /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 none /sys/fs/cgroup
mkdir -p "/sys/fs/cgroup/$NAME"
echo $$ > "/sys/fs/cgroup/$NAME/cgroup.procs"
mkdir -p "$FOLDER/above" "$FOLDER/work" "$FOLDER/tree"
mount -t overlay overlay -o "lowerdir=$ROOT,upperdir=$FOLDER/above,workdir=$FOLDER/work" "$FOLDER/tree"
rc=133
while [ "$rc" = 133 ]; do
    rc=0
    systemd-nspawn -q -D "$FOLDER/tree" -M "$NAME" --hostname="$NAME" --register=no --keep-unit \\
        --console=pipe --network-namespace-path="/run/netns/$NETWORK" \\
        --bind="$CONSOLE:/dev/tty1" --bind-ro=/dev/null:/dev/card \\
        --capability=all --drop-capability=CAP_SYS_TIME --system-call-filter="bpf @privileged @resources" \\
        --resolv-conf=off --timezone=off -b >>"$FOLDER/console" 2>&1 || rc=$?
    echo "ended with $rc" >>"$FOLDER/console"
done
exit "$rc"
"""


class Machine:
    """One machine; `start` boots it, and `run` runs a script of a person at it."""

    def __init__(self, name: str, root: Path, folder: Path, network: str) -> None:
        self.name = name
        self.folder = folder
        self._root = root
        self._network = network
        self._process: subprocess.Popen[bytes] | None = None
        self._screen = bytearray()
        self._console, self._console_name = _console()
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def screen(self) -> str:
        """All that was drawn on the first console."""
        return bytes(self._screen).decode("utf-8", "replace")

    @property
    def entrance(self) -> str:
        """The command by which a person gets into the machine from here."""
        return f"{self.name}: nsenter -t {self._leader()} -m -u -i -n -p -C -- sh"

    def start(self) -> None:
        """Boot, and wait until the machine has reached its usual state."""
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **os.environ,
            "NAME": self.name,
            "FOLDER": str(self.folder),
            "ROOT": str(self._root),
            "NETWORK": self._network,
            "CONSOLE": self._console_name,
        }
        self._process = subprocess.Popen(
            ("unshare", "--mount", "--propagation", "private", "sh", "-c", _BOOT), env=environment
        )
        self.wait_until_booted()

    def wait_until_booted(self, after: str = "") -> None:
        """Wait until systemd says that it runs, in another boot than `after`."""
        until(lambda: self.boot_id() not in {"", after} and self._is_up(), f"{self.name} boots")

    def boot_id(self) -> str:
        """The id of the boot that the machine is in, "" while it is down."""
        with contextlib.suppress(subprocess.CalledProcessError, LookupError, OSError):
            return self._inside("cat", "/proc/sys/kernel/random/boot_id").strip()
        return ""

    def run(self, script: str, *, limit_s: float = 600.0) -> str:
        """Run a shell script as root in the machine; its output. Raises CalledProcessError with it."""
        return self._inside("sh", "-eu", "-c", script, limit_s=limit_s)

    def put(self, file: Path, target: str) -> None:
        """Copy a file into the machine."""
        self._inside("sh", "-c", f"cat > {target}", given=file.read_bytes())

    def fetch(self, source: str, file: Path) -> None:
        """Copy a file out of the machine."""
        file.write_bytes(base64.b64decode(self._inside("base64", source)))

    def reboot(self) -> None:
        """Reboot as a person would, and wait until it is there again."""
        before = self.boot_id()
        with contextlib.suppress(subprocess.CalledProcessError):
            self.run("systemctl reboot")
        self.wait_until_booted(after=before)

    def stop(self) -> None:
        """Switch it off, by the plug where it does not obey."""
        with contextlib.suppress(subprocess.CalledProcessError, LookupError, OSError):
            self.run("systemctl poweroff")
        if self._process is None:
            return
        try:
            self._process.wait(_SWITCHED_OFF_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(LookupError, OSError):
                os.kill(self._leader(), signal.SIGKILL)
            self._process.kill()
            self._process.wait()

    def _is_up(self) -> bool:
        with contextlib.suppress(subprocess.CalledProcessError, LookupError, OSError):
            state = self.run("systemctl is-system-running || true").strip()
            return state in {"running", "degraded"}
        return False

    def _inside(self, *command: str, limit_s: float = 600.0, given: bytes = b"") -> str:
        done = subprocess.run(
            ("nsenter", "-t", str(self._leader()), "-m", "-u", "-i", "-n", "-p", "-C", "--", *command),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "TERM": "dumb"},
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=limit_s,
            check=False,
        )
        said = done.stdout.decode("utf-8", "replace")
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command[-1], said)
        return said

    def _leader(self) -> int:
        """The process that is the machine's pid 1, as this machine numbers it."""
        if self._process is None:
            raise LookupError("not started")
        for process in _below(self._process.pid):
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
                numbers = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()
                if numbers[-1] == "1" and len(numbers) > 2:
                    return process
        raise LookupError(f"{self.name} is down")

    def _watch(self) -> None:
        with contextlib.suppress(OSError):
            while drawn := os.read(self._console, 65536):
                self._screen += drawn


def _console() -> tuple[int, str]:
    """The test's end of a pseudo-terminal, and the name of the machine's end; both stay open."""
    ours, theirs = pty.openpty()
    return ours, os.ttyname(theirs)


def _below(process: int) -> Iterator[int]:
    """All processes that descend from this one."""
    for child in _children(process):
        yield child
        yield from _below(child)


def _children(process: int) -> list[int]:
    with contextlib.suppress(OSError):
        found = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
        return [int(each) for each in found]
    return []


def until(holds: Callable[[], object], what: str, limit_s: float = 120.0) -> None:
    """Look again and again until it holds; raises TimeoutError naming what did not happen."""
    ends = time.monotonic() + limit_s
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError(f"This did not happen within {limit_s:.0f} s: {what}.")
        time.sleep(0.2)
