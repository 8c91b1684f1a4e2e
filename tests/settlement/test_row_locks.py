"""Row locks of the centre: whoever only refers to a row is kept waiting by none of them."""

import re
from pathlib import Path

import settlement

LOCK = re.compile(r"select_for_update\(([^)]*)\)")


def test_no_row_is_locked_against_those_who_only_refer_to_it():
    """FOR UPDATE fights with every foreign key's check; as no key ever changes, NO KEY UPDATE is enough."""
    locks = [
        (file.name, lock)
        for file in sorted(Path(settlement.__file__).parent.rglob("*.py"))
        for lock in LOCK.findall(file.read_text(encoding="utf-8"))
    ]
    assert len(locks) > 10
    assert [(name, lock) for name, lock in locks if "no_key=True" not in lock] == []
