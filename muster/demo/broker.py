"""The demo's own Mosquitto: the shipped configuration on a free port, never the machine's own broker."""

import getpass
import shutil
import socket
from pathlib import Path

from foundation.errors import SettingsError
from foundation.settings import shipped
from muster.troubles import CommandTrouble


def find_mosquitto() -> str:
    """Where the broker's program is; raises SettingsError when it isn't installed."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise SettingsError(CommandTrouble.MOSQUITTO_MISSING)
    return found


def free_port() -> int:
    """A TCP port that nobody uses on the loopback right now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def check_port(port: int, purpose: str) -> None:
    """Raise SettingsError when somebody already listens on `port` of the loopback."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise SettingsError(
            CommandTrouble.PORT_NOT_FREE, port=port, purpose=purpose, why=error.strerror
        ) from error


def configure_mosquitto(folder: Path, name: str, port: int, more_access: str = "") -> Path:
    """Write the shipped configuration with this folder's files and port, and return its path.

    `more_access` is added to the shipped access list, for a carrier that is no part of Muster.
    """
    access = folder / f"{name}-acl.conf"
    access.write_text(shipped("acl.conf").read_text(encoding="utf-8") + more_access, encoding="utf-8")
    access.chmod(0o600)
    placed = {
        "listener": f"{port} 127.0.0.1",
        "cafile": folder / "ca.pem",
        "certfile": folder / "broker.pem",
        "keyfile": folder / "broker.key",
        "crlfile": folder / "revoked.pem",
        "acl_file": access,
    }
    lines = []
    for line in shipped("mosquitto.conf").read_text(encoding="utf-8").splitlines():
        key = line.partition(" ")[0]
        lines.append(f"{key} {placed[key]}" if key in placed else line)
    # Started by root, Mosquitto would become its own account, which may not read this folder.
    lines.append(f"user {getpass.getuser()}")
    configuration = folder / f"{name}.conf"
    configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return configuration
