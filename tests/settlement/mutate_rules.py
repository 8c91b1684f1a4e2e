"""Does a broken rule make the tests fail? Breaks one at a time in a copy, and runs the fast tests on it.

    python tests/settlement/mutate_rules.py [NAME …]

The copy of the package lies in a temporary folder that comes first on PYTHONPATH; the checkout stays as it
is. Ends with 1 when a broken rule went unnoticed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DECISIONS = Path(__file__).parent / "mutations" / "of_decisions.toml"
"""Ways to break what people decide, correct and object to."""
sys.path.insert(0, str(ROOT))

from tests.settlement.mutations import of_evidence, of_hours  # noqa: E402 - started as a script
from tests.settlement.mutations.mutation import Mutation  # noqa: E402

COPIED = ("config", "foundation", "settlement")
EXAMPLES = ("-k", "not test_oracle and not test_properties")
GENERATED = ("-k", "test_oracle or test_properties")
"""The generated days take longer: they are asked only when no example noticed."""


MUTATIONS = (
    *of_evidence.MUTATIONS,
    *of_hours.MUTATIONS,
    *(Mutation(**told) for told in tomllib.loads(DECISIONS.read_text(encoding="utf-8"))["mutation"]),
)


def main(names: list[str]) -> int:
    """Try every mutation, or those named; prints one line each."""
    with tempfile.TemporaryDirectory() as folder:
        _copy_to(Path(folder))
        chosen = [mutation for mutation in MUTATIONS if not names or mutation.name in names]
        for tests in sorted({mutation.tests for mutation in chosen}):
            if failed := _first_failure(folder, tests, EXAMPLES):
                sys.exit(f"The rules fail their tests before anything is broken: {failed}")
    unnoticed = [mutation.name for mutation in chosen if not _is_noticed(mutation)]
    print(f"{len(chosen) - len(unnoticed)} of {len(chosen)} broken rules noticed")
    return 1 if unnoticed else 0


def _is_noticed(mutation: Mutation) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        _copy_to(Path(folder))
        path = Path(folder) / "settlement" / mutation.folder / mutation.file
        source = path.read_text(encoding="utf-8")
        if source.count(mutation.right) != 1:
            print(f"OUTDATED   {mutation.name}: its text is not there exactly once")
            return False
        path.write_text(source.replace(mutation.right, mutation.wrong), encoding="utf-8")
        failed = _first_failure(folder, mutation.tests, EXAMPLES)
        if failed is None and mutation.tests == "rules":
            failed = _first_failure(folder, mutation.tests, GENERATED)
    print(f"{'noticed' if failed else 'UNNOTICED':10} {mutation.name}: {failed}", flush=True)
    return failed is not None


def _copy_to(folder: Path) -> None:
    for package in COPIED:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))


def _first_failure(folder: str, tests: str, chosen: tuple[str, ...]) -> str | None:
    """The first of the centre's `tests` that fails on the package in `folder`, or None."""
    ran = subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "pytest",
            f"tests/settlement/{tests}",
            "-q",
            "-x",
            "-m",
            "not slow",
            *chosen,
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = [line for line in ran.stdout.splitlines() if line.startswith("FAILED")]
    if ran.returncode not in (0, 1) or bool(failed) != bool(ran.returncode):
        sys.exit(f"The tests did not run:\n{ran.stdout}{ran.stderr}")
    return failed[0].split(" - ")[0].removeprefix("FAILED tests/settlement/") if failed else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
