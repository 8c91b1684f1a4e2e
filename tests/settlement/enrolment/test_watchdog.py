"""When the enrolment address tells its manager that it is alive, on a real datagram socket."""

import msgspec
import pytest

from foundation.clock import open_clock
from settlement.authority.certificates import open_authority
from settlement.enrolment import server as enrolment_server
from settlement.enrolment.server import EnrolmentServer, open_context
from tests.service_manager import Manager


@pytest.fixture
def manager(tmp_path, monkeypatch):
    manager = Manager(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "4")
    yield manager
    manager.close()


@pytest.fixture
def server(manager, centre_settings):
    any_port = msgspec.structs.replace(centre_settings.enrolment, port=0)
    settings = msgspec.structs.replace(centre_settings, enrolment=any_port)
    server = EnrolmentServer(settings, open_authority(settings), open_clock(None), open_context(settings))
    yield server
    server.server_close()


def test_it_is_fed_while_connections_end_and_no_longer(server, manager, monkeypatch):
    server.service_actions()
    assert manager.told() == ["STATUS=open", "WATCHDOG=1"]
    assert all(server._free.acquire(blocking=False) for _ in range(8))
    server.service_actions()
    assert manager.told() == ["WATCHDOG=1"], "strangers who keep every thread busy are cut one by one"
    monkeypatch.setattr(enrolment_server, "_STUCK_AFTER_S", 0)
    server.service_actions()
    assert manager.told() == []
