"""The centre's HTTPS address on a free port, a token of it, and a terminal's folder."""

import threading

import msgspec
import pytest
from django.db import connections

from foundation.clock import SharedClock
from settlement.authority.certificates import open_authority
from settlement.enrolment.server import EnrolmentServer, open_context
from settlement.enrolment.tokens import add_terminal
from tests.settlement.actors import actor
from tests.settlement.enrolment.over_the_network.terminal_folder import Folder


@pytest.fixture
def server(shared_db, centre_settings, settings, tmp_path, noon_ms):
    """The centre's address on a free port; its clock stands at noon."""
    clock = SharedClock.create(tmp_path / "centre-clock", noon_ms)
    any_port = msgspec.structs.replace(centre_settings.enrolment, port=0)
    free = msgspec.structs.replace(centre_settings, enrolment=any_port)
    running = EnrolmentServer(free, open_authority(free), clock, open_context(free))
    at_port = msgspec.structs.replace(centre_settings.enrolment, port=running.server_port)
    settings.CENTRE = running.settings = msgspec.structs.replace(centre_settings, enrolment=at_port)
    serving = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield running
    running.shutdown()
    running.server_close()
    serving.join()


@pytest.fixture
def token(server, site, noon_ms):
    def _token(name="lantern-1"):
        return add_terminal(name, "north", 60, actor("Zhao"), noon_ms, settings=server.settings)

    return _token


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "terminal")


@pytest.fixture(autouse=True)
def _closed():
    yield
    connections.close_all()
