"""One try to reach the broker with a terminal's certificate, and what stood in its way.

TLS first, on a connection of its own: it tells a foreign authority from a wrong name, and why a certificate
was refused, which an MQTT client only sees as a connection that ended.
"""

import contextlib
import queue
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum

from paho.mqtt.client import Client
from paho.mqtt.reasoncodes import ReasonCode

from sync.line import broker
from sync.line.broker import BrokerSettings

_WITHIN_S = 10.0
_HOSTNAME_MISMATCH, _ADDRESS_MISMATCH = 62, 64
_OTHER_AUTHORITY = frozenset({18, 19, 20, 21})
"""Errors of X.509 (openssl/x509_vfy.h): self-signed, no issuer, no first signature; 62 and 64 as named."""


class Obstacle(StrEnum):
    """What stood in the way, in the order in which it is met."""

    NAME_UNKNOWN = "nobody knows the host's name"
    NOBODY = "nobody answers"
    NO_TLS = "no TLS is spoken there"
    OTHER_AUTHORITY = "another authority signed the broker's certificate"
    OTHER_HOST = "the broker's certificate is for another host"
    CERTIFICATE_WRONG = "the broker's certificate is over, or wrong otherwise"
    CERTIFICATE_REFUSED = "the broker refuses our certificate"
    REFUSED = "the broker lets us in by TLS, and refuses us then"
    SILENT = "the broker says nothing"


@dataclass(frozen=True, slots=True)
class BrokerTrial:
    """How the try went; `why` is the system's, OpenSSL's or the broker's word."""

    obstacle: Obstacle | None = None
    why: str = ""


def try_broker(settings: BrokerSettings, name: str, *, greet: bool = True) -> BrokerTrial:
    """Connect and leave at once; raises SettingsError for certificates that can't be used.

    The broker ends the connection of a client that comes in by the same name: without `greet` the try ends
    with TLS, and disturbs no uplink that is connected.
    """
    secured = _try_tls(settings) if settings.ca_file else _try_address(settings)
    if secured.obstacle or not greet:
        return secured
    greeted = _greet(settings, name)
    if greeted.obstacle is Obstacle.CERTIFICATE_REFUSED and settings.ca_file:
        return BrokerTrial(greeted.obstacle, _why_refused(settings) or greeted.why)
    return greeted


def _try_address(settings: BrokerSettings) -> BrokerTrial:
    try:
        _dial(settings).close()
    except OSError as error:
        return _of_address(error)
    return BrokerTrial()


def _try_tls(settings: BrokerSettings) -> BrokerTrial:
    context = broker.tls_context(settings)
    try:
        line = _dial(settings)
    except OSError as error:
        return _of_address(error)
    try:
        context.wrap_socket(line, server_hostname=settings.host).close()
    except ssl.SSLCertVerificationError as error:
        return BrokerTrial(_of_certificate(error.verify_code), error.verify_message)
    except ssl.SSLError as error:
        refused = "ALERT" in (error.reason or "")
        return BrokerTrial(Obstacle.CERTIFICATE_REFUSED if refused else Obstacle.NO_TLS, _word(error))
    except TimeoutError as error:
        return BrokerTrial(Obstacle.SILENT, str(error))
    except OSError as error:  # it hung up in the middle
        return BrokerTrial(Obstacle.NO_TLS, str(error))
    finally:
        line.close()
    return BrokerTrial()


def _greet(settings: BrokerSettings, name: str) -> BrokerTrial:
    answers: queue.SimpleQueue[BrokerTrial] = queue.SimpleQueue()

    def on_connect(_c: Client, _u: object, _f: object, reason: ReasonCode, _p: object) -> None:
        answers.put(BrokerTrial(Obstacle.REFUSED, str(reason)) if reason.is_failure else BrokerTrial())

    def on_disconnect(_c: Client, _u: object, _f: object, reason: ReasonCode, _p: object) -> None:
        answers.put(BrokerTrial(Obstacle.CERTIFICATE_REFUSED, str(reason)))

    client = broker.prepare_client(settings, name)
    client.on_connect, client.on_disconnect = on_connect, on_disconnect
    try:
        broker.connect(client, settings)
    except OSError as error:
        return BrokerTrial(Obstacle.CERTIFICATE_REFUSED, _word(error))
    client.loop_start()
    try:
        return answers.get(timeout=_WITHIN_S)
    except queue.Empty:
        return BrokerTrial(Obstacle.SILENT)
    finally:
        client.disconnect()
        client.loop_stop()


def _why_refused(settings: BrokerSettings) -> str:
    """The word with which TLS 1.3 refuses a certificate: it comes after the handshake, to whoever reads."""
    with contextlib.suppress(OSError), _dial(settings) as line:
        try:
            with broker.tls_context(settings).wrap_socket(line, server_hostname=settings.host) as secured:
                secured.recv(1)
        except ssl.SSLError as error:
            return _word(error)
    return ""


def _dial(settings: BrokerSettings) -> socket.socket:
    return socket.create_connection((settings.host, settings.port), timeout=_WITHIN_S)


def _of_address(error: OSError) -> BrokerTrial:
    unknown = isinstance(error, socket.gaierror)
    return BrokerTrial(Obstacle.NAME_UNKNOWN if unknown else Obstacle.NOBODY, error.strerror or str(error))


def _of_certificate(code: int) -> Obstacle:
    if code in {_HOSTNAME_MISMATCH, _ADDRESS_MISMATCH}:
        return Obstacle.OTHER_HOST
    return Obstacle.OTHER_AUTHORITY if code in _OTHER_AUTHORITY else Obstacle.CERTIFICATE_WRONG


def _word(error: OSError) -> str:
    """OpenSSL's own word, such as "sslv3 alert certificate revoked"."""
    reason = getattr(error, "reason", None)
    return str(reason).replace("_", " ").lower() if reason else str(error)
