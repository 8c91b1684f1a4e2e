"""Many rows that differ by one number only, entered by one statement: what one click decides together."""

import json
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import Model


def enter_alike(
    kind: type[Model], number: str, numbers: Collection[int], *, spare_known: bool = False, **same: object
) -> list[int]:
    """Enter a row for each of these numbers, in the column `number`, else the same; returns those entered.

    `same` holds the values of the other fields by name. Raises IntegrityError where one is there already, or
    leaves that one out with `spare_known`.
    """
    if not numbers:
        return []
    meta: Any = kind._meta  # noqa: SLF001 - Django's own name
    fields = [meta.get_field(name) for name in same]
    quote = connection.ops.quote_name
    columns = [quote(meta.get_field(number).column)]
    columns += [quote(one.column) for one in fields]
    values = [
        one.get_db_prep_save(value, connection) for one, value in zip(fields, same.values(), strict=True)
    ]
    # `WHERE true` keeps SQLite from reading the conflict's clause as a join's.
    given: Any = [*numbers]
    each = "unnest(%s::bigint[]) AS one (value)"
    if connection.vendor == "sqlite":
        each, given = "json_each(%s) AS one", json.dumps(given)
    chosen = ", ".join(["one.value", *(["%s"] * len(values))])
    table = quote(meta.db_table)
    spared = " ON CONFLICT DO NOTHING" if spare_known else ""
    entered = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {each} WHERE true{spared}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"{entered} RETURNING {columns[0]}", [*values, given])
        return [row[0] for row in cursor.fetchall()]
