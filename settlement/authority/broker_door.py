"""Knocking at the broker with a certificate, to see whether it lets its owner in.

Also how a client is shown out: the broker knows each client by its certificate's name, and who comes in by
the same name takes the place of the one before, whose connection ends.
"""

import queue
import ssl
import tempfile
from enum import StrEnum
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from sync.line import broker
from sync.line.authority_key import private_pem
from sync.line.broker import BrokerSettings

_ANSWERS_WITHIN_S = 10.0


class Door(StrEnum):
    """How the broker answered."""

    OPEN = "open"
    SHUT = "shut"
    AWAY = "away"  # nobody answers there, or somebody else than our broker


def knock(settings: BrokerSettings, name: str, certificate: bytes, key: ec.EllipticCurvePrivateKey) -> Door:
    """Connect by that name and leave at once; raises SettingsError for an authority that can't be read."""
    with tempfile.TemporaryDirectory(prefix="muster-") as folder:
        files = Path(folder) / "certificate", Path(folder) / "key"
        files[0].write_bytes(certificate)
        files[1].touch(mode=0o600)
        files[1].write_bytes(private_pem(key))
        shown = msgspec.structs.replace(settings, certificate_file=str(files[0]), key_file=str(files[1]))
        return _knock(shown, name)


def _knock(settings: BrokerSettings, name: str) -> Door:
    client = broker.prepare_client(settings, name)
    answers: queue.SimpleQueue[Door] = queue.SimpleQueue()
    client.on_connect = lambda _c, _u, _f, reason, _p: answers.put(
        Door.SHUT if reason.is_failure else Door.OPEN
    )
    client.on_disconnect = lambda *_: answers.put(Door.SHUT)
    try:
        broker.connect(client, settings)
    except ssl.SSLCertVerificationError:
        return Door.AWAY
    except (ssl.SSLError, ConnectionResetError, BrokenPipeError):
        return Door.SHUT
    except OSError:
        return Door.AWAY
    client.loop_start()
    try:
        return answers.get(timeout=_ANSWERS_WITHIN_S)
    except queue.Empty:
        return Door.AWAY
    finally:
        client.disconnect()
        client.loop_stop()
