"""What several tests of the line are given."""

import pytest

from tests.sync.live_broker import LiveBroker
from tests.sync.samples import open_log
from tests.sync.small_disk import small_disk


@pytest.fixture
def log_file(tmp_path):
    """Where a log may be made."""
    return tmp_path / "log.db"


@pytest.fixture
def log(log_file):
    """An open log."""
    log = open_log(log_file)
    yield log
    log.close()


@pytest.fixture
def broker(tmp_path):
    """A broker without certificates, to be killed and started again."""
    broker = LiveBroker(tmp_path, "allow_anonymous true")
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def disk(tmp_path):
    """A disk of one megabyte."""
    with small_disk(tmp_path / "disk") as folder:
        yield folder
