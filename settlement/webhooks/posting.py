"""One POST to a checked address, over before its deadline, whatever the other side does."""

import http
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from enum import StrEnum

from msgspec import Struct

from foundation.errors import RulesError
from settlement.webhooks.addresses import Target, check_addresses, look_up

_MOST_ADDRESSES = 3
"""Of a host that are tried: an address family that leads nowhere must not be the end."""


class Failure(StrEnum):
    """Why a message did not arrive; `webhook_failure-…` in the catalogs."""

    BAD_ADDRESS = "bad_address"
    NOT_PUBLIC = "not_public"
    UNKNOWN_HOST = "unknown_host"
    NO_CONNECTION = "no_connection"
    NOT_TRUSTED = "not_trusted"  # the certificate
    TIMED_OUT = "timed_out"
    NO_ANSWER = "no_answer"  # or none that is HTTP
    REDIRECTED = "redirected"
    GONE = "gone"
    REFUSED = "refused"  # by any other status
    NO_SECRET = "no_secret"  # noqa: S105 - a code


class Answer(Struct, frozen=True):
    """What came of a POST: the status where one was answered, and why it is no delivery."""

    status: int | None = None
    failure: Failure | None = None


class _FailedError(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


def post(
    target: Target, headers: Mapping[str, str], body: bytes, deadline_s: float, *, plain: bool
) -> Answer:
    """Send the body; a redirection is not followed, and of the answer only the status is read.

    `plain` is whether this machine may be told. What is behind the host is looked up and checked first.
    """
    try:
        addresses = look_up(target)
        check_addresses(target, addresses, plain=plain)
        return _exchange(target, addresses, headers, body, deadline_s)
    except RulesError:
        return Answer(failure=Failure.NOT_PUBLIC)
    except socket.gaierror:
        return Answer(failure=Failure.UNKNOWN_HOST)
    except _FailedError as error:
        return Answer(failure=error.failure)


def _exchange(
    target: Target, addresses: list[str], headers: Mapping[str, str], body: bytes, deadline_s: float
) -> Answer:
    with closing(_connected(target, addresses[:_MOST_ADDRESSES], deadline_s)) as line:
        # A time-out counts from the last byte: who sends one now and then would hold us for ever.
        cut = threading.Event()
        timer = threading.Timer(deadline_s, _cut_off, (line, cut))
        timer.daemon = True
        timer.start()
        try:
            status = _status(target, line, headers, body)
            if cut.is_set():
                raise TimeoutError
            return _judged(status)
        except (OSError, http.client.HTTPException) as error:
            if cut.is_set() or isinstance(error, TimeoutError):
                raise _FailedError(Failure.TIMED_OUT) from error
            is_distrust = isinstance(error, ssl.SSLError)
            raise _FailedError(Failure.NOT_TRUSTED if is_distrust else Failure.NO_ANSWER) from error
        finally:
            timer.cancel()


def _connected(target: Target, addresses: list[str], deadline_s: float) -> socket.socket:
    """A connection to one of these very addresses: the name is not looked up again."""
    for address in addresses:
        with suppress(OSError):
            line = socket.create_connection((address, target.port), timeout=deadline_s / len(addresses))
            line.settimeout(deadline_s)
            if not target.tls:
                return line
            try:
                return ssl.create_default_context().wrap_socket(
                    line, server_hostname=target.host, do_handshake_on_connect=False
                )
            except (OSError, ValueError):
                line.close()
    raise _FailedError(Failure.NO_CONNECTION)


def _status(target: Target, line: socket.socket, headers: Mapping[str, str], body: bytes) -> int:
    if isinstance(line, ssl.SSLSocket):
        line.do_handshake()
    connection = http.client.HTTPConnection(target.host, target.port)
    # Without a connection of its own making it can't go anywhere else.
    connection.auto_open, connection.sock = 0, line
    connection.request(
        "POST", target.path, body, {"Host": target.authority, "Connection": "close", **headers}
    )
    return connection.getresponse().status


def _judged(status: int) -> Answer:
    if http.HTTPStatus(200) <= status < http.HTTPStatus(300):
        return Answer(status)
    if http.HTTPStatus(300) <= status < http.HTTPStatus(400):
        return Answer(status, Failure.REDIRECTED)
    return Answer(status, Failure.GONE if status == http.HTTPStatus.GONE else Failure.REFUSED)


def _cut_off(line: socket.socket, cut: threading.Event) -> None:
    cut.set()
    with suppress(OSError):
        # Of the socket below TLS, which a handshake under way leaves no time for farewells.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
