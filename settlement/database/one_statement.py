"""Rows of several small tables by one statement: what belongs together costs one way to the database."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONArray

Part = tuple[QuerySet[Any], Sequence[str | Combinable]]
"""Which rows, and which of their columns or expressions: numbers, texts, dates (as texts), true and false."""


def read_together(*parts: Part) -> list[list[list[Any]]]:
    """The rows of each part, as lists of its columns; in no order, as a union has none."""
    found: list[list[list[Any]]] = [[] for _ in parts]
    asked = [
        rows.order_by()
        .annotate(part_=Value(place, IntegerField()), row_=JSONArray(*columns))
        .values_list("part_", "row_")
        for place, (rows, columns) in enumerate(parts)
    ]
    for place, row in asked[0].union(*asked[1:], all=True):
        found[place].append(row)
    return found


def count_together(*counted: QuerySet[Any]) -> list[int]:
    """How many rows each of these has."""
    asked = [
        rows.model._base_manager.order_by()  # noqa: SLF001 - Django's own name
        .filter(pk__in=rows.order_by().values("pk"))
        .values(part_=Value(place, IntegerField()))
        .annotate(rows_=Count("pk"))
        .values_list("part_", "rows_")
        for place, rows in enumerate(counted)
    ]
    found = dict(asked[0].union(*asked[1:], all=True))
    return [found.get(place, 0) for place in range(len(counted))]
