"""Filling tables by the database itself: what would look at each row stands aside meanwhile."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

from django.db import connection

_STATEMENTS = Path(__file__).parent / "sql"
_INDICES = """
SELECT 'DROP INDEX ' || quote_ident(i.relname), pg_get_indexdef(i.oid)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
WHERE t.relname LIKE 'settlement\\_%'
AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.oid)
"""
_UNIQUE = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(c.oid))
FROM pg_constraint c WHERE contype = 'u' AND conrelid::regclass::text LIKE 'settlement\\_%'
AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid)
"""

_SEQUENCES = """
SELECT pg_get_serial_sequence(table_name, 'id'), table_name FROM information_schema.columns
WHERE table_name LIKE 'settlement\\_%' AND column_name = 'id' AND is_identity = 'YES'
"""


def run(part: str, **values: object) -> None:
    """Run the statements of a file below `sql/`, in which `$name` stands for these values."""
    statements = Template((_STATEMENTS / f"{part}.sql").read_text(encoding="utf-8")).substitute(values)
    with connection.cursor() as cursor:
        for statement in statements.split(";\n"):
            if statement.strip():
                cursor.execute(statement)


@contextmanager
def unguarded() -> Iterator[None]:
    """Without triggers, foreign keys and secondary indices, which are made anew when all rows are there."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'")
        cursor.execute("SET work_mem = '256MB'")
        asides = []
        for query in (_UNIQUE, _INDICES):
            cursor.execute(query)
            found = cursor.fetchall()
            asides += [again for _, again in found]
            for aside, _ in found:
                cursor.execute(aside)
    yield
    with connection.cursor() as cursor:
        for again in asides:
            cursor.execute(again)
        cursor.execute("RESET session_replication_role")
        cursor.execute(_SEQUENCES)
        for sequence, table in cursor.fetchall():
            cursor.execute(f"SELECT setval('{sequence}', (SELECT coalesce(max(id), 1) FROM {table}))")
        cursor.execute("RESET work_mem; RESET maintenance_work_mem")
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def told(what: str) -> Iterator[None]:
    """Says how long it took."""
    began = time.monotonic()
    yield
    print(f"  {what}: {time.monotonic() - began:.0f} s", flush=True)
