"""Which tests `make quick` runs is read from what they import."""

import subprocess
import sys

import pytest

from tests.quick import ROOT, needs_more

TESTS = ROOT / "tests"


@pytest.mark.parametrize(
    ("test", "more"),
    [
        ("settlement/rules/test_limits.py", False),
        ("kiosk/checkin/test_decision.py", False),
        ("sync/contract/test_wire.py", False),
        ("settlement/settling/test_settler.py", True),  # Django, through the models
        ("sync/line/test_delivery.py", False),
        ("sync/line/uplink/test_broker_troubles.py", True),  # a socket
        ("drivers/camera/test_qr.py", True),  # OpenCV
        ("test_walk.py", True),  # processes
    ],
)
def test_a_test_is_pure_unless_it_reaches_the_world_outside(test, more):
    assert needs_more(TESTS / test) is more


def test_nothing_that_is_chosen_needs_more_than_its_imports_tell():
    """As `make quick` collects them, without Django's settings."""
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "tests.quick", "-p", "no:django"]
    chosen = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert chosen.returncode == 0, chosen.stdout[-3000:]
    assert "tests/settlement/rules/test_limits.py" in chosen.stdout


@pytest.mark.parametrize(
    ("source", "more"),
    [
        ("import settlement.rules.settle\n", False),
        ("from settlement.models import Site\n", True),
        ("from sync.log import reader\n", False),
        ("import subprocess\n", True),
        ("def test_it():\n    import subprocess\n", True),
        ("def test_it():\n    from drivers.camera.driver import CameraDriver\n", True),
    ],
)
def test_what_a_test_imports_counts_wherever_it_stands_and_whoever_imports_it(tmp_path, source, more):
    (tmp_path / "test_made_up.py").write_text(source)
    assert needs_more(tmp_path / "test_made_up.py") is more
