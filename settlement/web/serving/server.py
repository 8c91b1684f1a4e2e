"""Serving the pages: waitress in this process, on one address."""

import errno
import socket
import threading

import structlog
from django.core.wsgi import get_wsgi_application
from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

from foundation.errors import SettingsError
from foundation.service_manager import ServiceManager
from foundation.words import Words
from settlement.database.kept_connections import keep_connections
from settlement.database.safety import log_risks
from settlement.lists.file import OF_PAGES
from settlement.monitoring.serving import figures_served
from settlement.reports.making import make_files
from settlement.settings import CentreSettings, WebSettings
from settlement.troubles import CentreTrouble
from settlement.web.serving.figures import web_figures
from settlement.web.serving.public import only_public
from settlement.web.serving.self_test import watch
from sync.contract.wire import Realm

_THREADS = 4
_MOST_BODY = 2 * OF_PAGES.file_bytes
"""Beyond this a request is refused unread; up to it a page says itself what is too large."""

_logger = structlog.get_logger()

Server = BaseWSGIServer | MultiSocketServer


def run_web(settings: CentreSettings, stop: threading.Event, *, public: bool = False) -> None:
    """Serve the pages, or the `public` ones of them, until `stop` is set.

    Raises SettingsError for a port that is taken or forbidden.
    """
    log_risks(settings)
    keep_connections()
    server, manager = open_server(settings, public=public), ServiceManager()
    serving = threading.Thread(target=serve, args=(server, stop), name="web", daemon=True)
    serving.start()
    # In this process: whoever can ask for a file is served here, and it needs nothing that is not loaded yet.
    making = threading.Thread(target=make_files, args=(stop,), name="report-files", daemon=True)
    making.start()
    port = _port_of(server)
    _logger.info("web_serving", address=settings.web.address, port=port)
    # The figures are those of the other process, which has the port.
    with figures_served(0 if public else settings.metrics.web, web_figures, list):
        watch(settings.web.address, port, stop, manager, serving.is_alive)
    manager.stopping()
    server.close()
    serving.join(timeout=5)
    making.join(timeout=5)


def where_others_look(settings: CentreSettings, words: Words) -> str:
    """What whoever starts a live centre's pages should know; a demo may be seen by all."""
    if settings.realm is Realm.DEMO:
        return ""
    return words.say("web-without_tls", address=f"{settings.web.address}:{settings.web.port}")


def serve(server: Server, stop: threading.Event) -> None:
    """Answer until the server is closed, which `stop` announces.

    waitress may then still wait for a connection that is closed under it, and says so with an OSError.
    """
    try:
        server.run()
    except OSError:
        if not stop.is_set():
            raise


def open_server(settings: CentreSettings, *, public: bool = False) -> Server:
    """A server that listens already and answers once it runs.

    Behind a proxy that ends TLS, what the proxy says of the scheme is believed, and nobody else.
    """
    web = settings.web
    return create_server(
        only_public(get_wsgi_application()) if public else get_wsgi_application(),
        sockets=[_listen(web.address, web.public_port if public else web.port)],
        threads=_THREADS,
        ident="",
        max_request_body_size=_MOST_BODY,
        trusted_proxy=_proxy_before(web),
        trusted_proxy_headers={"x-forwarded-proto", "x-forwarded-for"} if web.https else set(),
        clear_untrusted_proxy_headers=True,
    )


def _proxy_before(web: WebSettings) -> str | None:
    """The address of the proxy, which is on this machine; None where there is none."""
    if not web.https:
        return None
    return "::1" if ":" in web.address else "127.0.0.1"


def _port_of(server: Server) -> int:
    """The one that it has, where the settings let it take a free one."""
    listening = server.socket if isinstance(server, BaseWSGIServer) else None
    return int(listening.getsockname()[1]) if listening else 0


def _listen(address: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return socket.create_server((address, port), family=family)
    except OSError as error:
        place = f"{address}:{port}"
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(CentreTrouble.PAGES_PORT_TAKEN, address=place) from error
        why = error.strerror or error
        raise SettingsError(CentreTrouble.PAGES_NOT_SERVED, address=place, why=why) from error
