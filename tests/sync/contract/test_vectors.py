import json

import pytest

from tests.sync.samples import VECTORS
from tests.vectors.make_vectors import NOT_A_SECRET
from tests.vectors.make_vectors import VECTORS as GENERATORS

DEFLATED = ["wire/batch.json", "wire/roster.json", "wire/roster_0_1.json"]
"""Another zlib may compress what they carry into other bytes."""


@pytest.mark.parametrize("name", [name for name in GENERATORS if name not in DEFLATED])
def test_a_golden_vector_is_what_its_generator_makes(name):
    assert json.loads((VECTORS / name).read_text(encoding="utf-8")) == GENERATORS[name]()


@pytest.mark.parametrize("name", DEFLATED)
def test_what_is_deflated_is_what_its_generator_makes_but_for_the_compression(name):
    golden = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    made = GENERATORS[name]()
    assert golden | {"message": ""} == made | {"message": ""}


def test_every_golden_file_has_its_generator():
    files = {str(path.relative_to(VECTORS)) for path in VECTORS.glob("*/*.json")}
    assert {name for name in files if name.startswith(("wire/", "badges/"))} == set(GENERATORS)


@pytest.mark.parametrize("name", list(GENERATORS))
def test_every_key_in_a_golden_file_is_marked_as_a_test_key(name):
    golden = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    keys = golden.get("test_keys") or {"only": golden["test_key"]}
    assert all(key["warning"] == NOT_A_SECRET for key in keys.values())
