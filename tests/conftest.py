"""What every test relies on: commands speak English, whatever the developer's machine speaks."""

import os

os.environ["LC_ALL"] = "C.UTF-8"

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.postgresql import SERVER_VARIABLE

# How long a generated input takes says something about the machine, and nothing about the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

pytest_plugins = ("tests.met.recording",) if "MUSTER_MET" in os.environ else ()

BEGUN_FIRST = ("tests/test_walk.py", "tests/muster/demo/test_kept_demo.py", "tests/day/")
"""The longest ones: begun last, one of them would be waited for alone."""


LEFT_TO_LONG = (
    "tests/nemesis/test_rounds.py",
    "tests/faults/",
    "tests/test_certificates_on_the_line.py",
    "tests/test_two_gates.py",
    "tests/kiosk/checkin/test_before_the_camera.py",
    "tests/drivers/camera/test_entrance.py",
    "tests/drivers/camera/test_picture_fuzzing.py",
    "tests/settlement/api/test_against_its_document.py",
    "tests/settlement/authority/test_broker_check.py",
    "tests/settlement/badges/test_printing.py",
    "tests/settlement/enrolment/test_held_to_the_scanner.py",
    "tests/settlement/ingest/test_properties.py",
    "tests/settlement/migrations/test_from_0_1_0.py",
    "tests/settlement/migrations/test_migrations.py::test_every_migration_can_be_taken_back",
    "tests/settlement/review/test_decisions_machine.py",
    "tests/settlement/test_backup.py",
    "tests/settlement/test_setup.py",
)
"""Whole processes, brokers and searches: a third of the time of all. `make long` runs them, and so does
`make postgresql` what of them is the centre's."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    if SERVER_VARIABLE not in os.environ:
        for item in items:
            if item.nodeid.startswith(LEFT_TO_LONG) and not item.get_closest_marker("slow"):
                item.add_marker("long")
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
