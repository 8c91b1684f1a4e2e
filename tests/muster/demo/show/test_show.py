"""The show itself, played by a script: real processes, real faults, and a sum that must come out even."""

import subprocess
import sys

import pytest

SHORT = "2 n\n3 2\n4 k\n5 3\n6 p\n8 1\n9 n\n10 u\n11 b\n12 u\n13 c\n14 r\n16 c\n17 q\n"

pytestmark = [pytest.mark.timeout(300), pytest.mark.long]


def test_after_every_fault_all_that_was_shown_is_settled_once(tmp_path):
    (tmp_path / "script").write_text(SHORT)
    folder = tmp_path / "show"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "muster",
            "demo",
            "--show",
            "--script",
            tmp_path / "script",
            "--folder",
            folder,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()[-1]
    shown = int(said.split("=")[0].split()[-1])
    assert shown > 5
    assert said.startswith(f"shown as accepted {shown} = settled {shown} · lost 0 · doubled 0")
