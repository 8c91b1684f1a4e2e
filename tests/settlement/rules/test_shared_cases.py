from pathlib import Path

import pytest

from settlement.cases.case_file import read_case_file
from settlement.cases.verify import verify_case

FILE, CASES = read_case_file(Path(__file__).parents[2] / "vectors" / "settlement-cases.json")


@pytest.mark.parametrize(
    ("case", "raw"), list(zip(CASES, FILE.cases, strict=True)), ids=[case.id for case in CASES]
)
def test_it_answers_the_shared_case(case, raw):
    assert verify_case(FILE, case, raw) == ()
