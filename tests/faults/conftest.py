"""What the faults are given."""

import pytest


@pytest.fixture
def log_file(tmp_path):
    """Where a log may be made."""
    return tmp_path / "log.db"
