"""What every test relies on: commands speak English, whatever the developer's machine speaks."""

import os

os.environ["LC_ALL"] = "C.UTF-8"

import pytest
import structlog
from hypothesis import HealthCheck, settings

# How long a generated input takes says something about the machine, and nothing about the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

BEGUN_FIRST = ("tests/test_walk.py", "tests/muster/demo/test_kept_demo.py", "tests/day/")
"""The longest ones: begun last, one of them would be waited for alone."""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.nodeid.startswith(BEGUN_FIRST))


@pytest.fixture(autouse=True, scope="session")
def captures_see_every_logger():
    """A command in a test's own process sets logs up, and would bind each logger at its first use for good.

    Whoever captures logs after the next such command would hear nothing of that one.
    """
    configure = structlog.configure

    def configure_unbound(**settings: object) -> None:
        configure(**{**settings, "cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", configure_unbound)
        yield
