"""The enrolment address: HTTPS with a certificate of the centre's authority, two paths and no other page.

A process of its own, because it alone is open to machines that nobody knows yet. Threads, sizes and times are
bounded: a connection that says nothing, or says it slowly, is cut.
"""

import contextlib
import socket
import socketserver
import ssl
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import structlog
from django.db import DatabaseError, connections

from foundation.clock import Clock, open_clock
from foundation.errors import SettingsError
from foundation.service_manager import ServiceManager
from settlement.authority.certificates import open_authority
from settlement.enrolment.limits import RequestLimit
from settlement.enrolment.requests import answer_request
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble
from sync.contract.enrolment import (
    AUTHORITY_PATH,
    MAX_BYTES,
    REQUEST_PATH,
    AnswerState,
    EnrolmentAnswer,
    EnrolmentRefusal,
)
from sync.line.certificate_authority import CertificateAuthority

_THREADS = 8
_CONNECTION_S = 20
_LOOK_FOR_CERTIFICATE_S = 3600
_STUCK_AFTER_S = 3 * _CONNECTION_S
"""However slow strangers are, within this time one connection of several has ended, or been cut."""
_PER_MINUTE, _PER_MINUTE_IN_ALL = 60, 600

_logger = structlog.get_logger()


class EnrolmentServer(ThreadingHTTPServer):
    """Listens already once it is made; answers in `serve_forever`."""

    daemon_threads = True
    request_queue_size = 16

    def __init__(
        self, settings: CentreSettings, authority: CertificateAuthority, clock: Clock, context: ssl.SSLContext
    ) -> None:
        """Listen; raises SettingsError for a port that is taken or forbidden."""
        self.settings = settings
        self.authority = authority
        self.clock = clock
        self.limit = RequestLimit(_PER_MINUTE, _PER_MINUTE_IN_ALL)
        self._context = context
        self._manager = ServiceManager()
        self._free = threading.BoundedSemaphore(_THREADS)
        self._moved_s = time.monotonic()
        enrolment = settings.enrolment
        self.address_family = socket.AF_INET6 if ":" in enrolment.listen else socket.AF_INET
        try:
            super().__init__((enrolment.listen, enrolment.port), _Handler)
        except OSError as error:
            raise SettingsError(
                CentreTrouble.ENROLMENT_PORT_TAKEN,
                listen=enrolment.listen,
                port=str(enrolment.port),
                why=error.strerror or error,
            ) from error

    def server_bind(self) -> None:
        """Without asking a name server for our own name, as the library does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def renew_context(self, context: ssl.SSLContext) -> None:
        """Use another certificate for connections from now on."""
        self._context = context

    def service_actions(self) -> None:
        """Called by the loop that lets connections in: it turns, and they come to an end."""
        if self._free.acquire(blocking=False):
            self._free.release()
            self._moved_s = time.monotonic()
        if time.monotonic() - self._moved_s < _STUCK_AFTER_S:
            self._manager.alive("open")

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the library's
        """Begin a thread for a connection, or cut it where all are busy."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Answer one connection within its time."""
        secured = None
        try:
            request.settimeout(_CONNECTION_S)
            secured = self._context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
            cut = threading.Timer(_CONNECTION_S, _cut, (secured,))
            cut.daemon = True
            cut.start()
            try:
                secured.do_handshake()
                self.finish_request(secured, client_address)
            finally:
                cut.cancel()
        except OSError as error:  # strangers hang up, or speak no TLS
            _logger.debug("enrolment_connection_lost", address=client_address[0], error=str(error))
        finally:
            with contextlib.suppress(OSError):
                (secured or request).close()
            connections.close_all()
            self._moved_s = time.monotonic()
            self._free.release()


class _Handler(BaseHTTPRequestHandler):
    server: EnrolmentServer

    def do_GET(self) -> None:
        """The authority's certificate, which the asking terminal compares with its token."""
        if not self._may_ask():
            return
        if self.path == AUTHORITY_PATH:
            self._send(HTTPStatus.OK, self.server.authority.pem, "application/x-pem-file")
        else:
            self._send(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """A request to be enrolled."""
        if not self._may_ask():
            return
        length = self.headers.get("Content-Length", "")
        if self.path != REQUEST_PATH:
            self._send(HTTPStatus.NOT_FOUND)
        elif not length.isascii() or not length.isdigit():
            self._send(HTTPStatus.LENGTH_REQUIRED)
        elif int(length[:9]) > MAX_BYTES:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._answer(self.rfile.read(int(length)))

    def _answer(self, payload: bytes) -> None:
        try:
            answer = answer_request(
                payload,
                self.client_address[0],
                self.server.clock.wall_ms(),
                settings=self.server.settings,
                authority=self.server.authority,
            )
        except DatabaseError as error:
            _logger.error("enrolment_failed", error=str(error))  # noqa: TRY400 - the sentence tells it
            answer = EnrolmentAnswer(AnswerState.REFUSED, refusal=EnrolmentRefusal.NOT_NOW)
        self._send(HTTPStatus.OK, msgspec.json.encode(answer), "application/json")

    def _may_ask(self) -> bool:
        allowed = self.server.limit.allows(self.client_address[0], time.monotonic())
        if not allowed:
            self._send(HTTPStatus.TOO_MANY_REQUESTS)
        return allowed

    def _send(self, status: HTTPStatus, content: bytes = b"", kind: str = "text/plain") -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Nothing but the number: no page, no word about what serves it."""
        self._send(HTTPStatus(code))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """What matters is logged where it is decided."""


def run_enrolment(settings: CentreSettings, stop: threading.Event) -> None:
    """Answer until `stop` is set; raises SettingsError where there is no address to answer at."""
    if not settings.enrolment.host:
        raise SettingsError(CentreTrouble.ENROLMENT_HOST_MISSING)
    server = EnrolmentServer(
        settings, open_authority(settings), open_clock(settings.clock_file), open_context(settings)
    )
    _logger.info("enrolment_open", host=settings.enrolment.host, port=settings.enrolment.port)
    serve(server, stop)


def open_context(settings: CentreSettings) -> ssl.SSLContext:
    """TLS with the certificate of the enrolment address; raises SettingsError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(*settings.enrolment_files)
    except OSError as error:
        raise SettingsError(
            CentreTrouble.ENROLMENT_CERTIFICATE_UNUSABLE, path=settings.enrolment_files[0], why=error
        ) from error
    return context


def serve(server: EnrolmentServer, stop: threading.Event) -> None:
    """Answer until `stop` is set; a certificate that was renewed meanwhile is taken up."""
    manager = ServiceManager()
    serving = threading.Thread(target=server.serve_forever, name="enrolment", daemon=True)
    serving.start()
    manager.ready()
    while not stop.wait(_LOOK_FOR_CERTIFICATE_S):
        server.renew_context(open_context(server.settings))
    manager.stopping()
    server.shutdown()
    server.server_close()
    serving.join(timeout=5)


def _cut(connection: ssl.SSLSocket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
