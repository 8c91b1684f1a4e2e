"""The columns of exports as the Ministry of Civil Affairs' Order No. 67 names what a record holds.

Whoever takes the files in looks for these names, so they stand in Chinese whoever writes the file; below them
stand the same in the writer's language. What the Order names and the centre does not hold has no column.
"""

from foundation.words import Words
from settlement.reports.table import Column

_CHINESE = "zh-Hans"


def order_columns(words: Words, keys: str, numbers: str = "") -> tuple[Column, ...]:
    """Columns by the Order's names, from keys apart by spaces; `numbers` are those that hold numbers."""
    chinese, are_numbers = Words(_CHINESE), numbers.split()
    return tuple(
        Column(
            key=chinese.code("order_field", key),
            heading=chinese.code("order_field", key),
            is_number=key in are_numbers,
            also="" if words.language == _CHINESE else words.code("order_field", key),
        )
        for key in keys.split()
    )
