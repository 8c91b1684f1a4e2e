from pathlib import Path

import pytest

from settlement.cases.case_file import read_case_file
from settlement.cases.verify import verify_case

VECTORS = Path(__file__).parents[2] / "vectors"
FILES = [read_case_file(VECTORS / name) for name in ("settlement-cases.json", "own-cases.json")]
"""Those that every implementation of the rules answers alike, and those of this house beside them."""


@pytest.mark.parametrize(
    ("file", "case", "raw"),
    [(file, case, raw) for file, cases in FILES for case, raw in zip(cases, file.cases, strict=True)],
    ids=[case.id for _, cases in FILES for case in cases],
)
def test_it_answers_the_shared_case(file, case, raw):
    assert verify_case(file, case, raw) == ()
