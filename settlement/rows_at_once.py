"""Rows of several small tables in one statement: each as a column of JSON beside the row they belong to.

For what one person has a few of, as memberships or certificates: a question for each table costs more than
what it answers.
"""

from typing import Any, TypeVar

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet, Subquery, TextField
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class RowsAsText(Subquery):
    """All rows of a query of named columns (`.values(…)`) as one JSON array of objects, in their order.

    Columns hold text, numbers, dates and truth; read with `rows_in`.
    """

    def __init__(self, rows: "QuerySet[Any, Any]") -> None:
        self._names = [*rows.query.values_select, *rows.query.annotation_select]
        super().__init__(rows, output_field=TextField())

    def as_postgresql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        **more: Any,  # noqa: ANN401 - Django's own
    ) -> Any:  # noqa: ANN401
        """For PostgreSQL."""
        template = "(SELECT COALESCE(json_agg(row_to_json(_one)), '[]')::text FROM (%(subquery)s) _one)"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_sqlite(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        **more: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """For SQLite."""
        pairs = ", ".join(f"'{name}', \"{name}\"" for name in self._names)
        template = f"(SELECT json_group_array(json_object({pairs})) FROM (%(subquery)s))"  # noqa: S608 - no input
        return self.as_sql(compiler, connection, template=template, **more)


def rows_in(text: str, kind: type[Row]) -> list[Row]:
    """The rows of such a column as values of that kind, whose fields the columns name."""
    return msgspec.json.decode(text, type=list[kind], strict=False)  # type: ignore[valid-type]
