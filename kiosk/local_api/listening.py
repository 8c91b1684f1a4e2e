"""The terminal's Unix sockets: where they lie, and who is let in.

Only processes of this account, of root or of the socket's group are (SO_PEERCRED and SO_PEERGROUPS, man 7
unix); that group is another than the one that reads keys, so that a screen reads none.
"""

import os
import socket
import struct
from pathlib import Path

import structlog

from foundation.errors import SettingsError
from kiosk.troubles import TerminalTrouble

_PEER = struct.Struct("3i")  # pid, uid, gid of struct ucred
_SO_PEERGROUPS = 59  # asm-generic/socket.h; the module `socket` doesn't name it
_GROUP = struct.Struct("I")
_MOST_GROUPS = 256  # `getsockopt` of Python takes 1024 bytes at most

_logger = structlog.get_logger()


def listen(path: Path) -> socket.socket:
    """Listen at `path`, with the group that its folder passes on; raises SettingsError."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(
            missing_ok=True
        )  # left by an engine that was killed; the log's lock keeps a second one out
        listener.bind(str(path))
        path.chmod(0o660)
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(TerminalTrouble.SOCKET_NOT_MADE, path=path, why=error) from error
    return listener


def is_trusted(connection: socket.socket, group: int) -> bool:
    """Whether the peer is this account, root, or has `group`, be it as one of several."""
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _, uid, gid = _PEER.unpack(peer)
    return uid in {0, os.getuid()} or group in {gid, *_supplementary_groups(connection)}


def _supplementary_groups(connection: socket.socket) -> list[int]:
    """The groups that the peer had besides its own when it connected; none where the kernel doesn't say."""
    try:
        groups = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, _MOST_GROUPS * _GROUP.size)
    except OSError as error:
        _logger.warning("peer_groups_unknown", error=str(error))
        return []
    return [gid for (gid,) in _GROUP.iter_unpack(groups)]
