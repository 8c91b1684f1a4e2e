"""Triggers that forbid to change or delete evidence, whoever asks.

Only the centre's judgement of an event (volunteer, status, review_reason) may be made again.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

EVENT_COLUMNS = (
    "chain_id", "seq", "raw", "hash", "kind", "boot", "mono_ms", "wall_ms", "received_ms", "clock_doubtful",
)  # fmt: skip
FORK_COLUMNS = ("chain_id", "seq", "hash", "raw", "received_ms")
TABLES = (("settlement_event", EVENT_COLUMNS), ("settlement_forkevidence", FORK_COLUMNS))
REFUSAL = "evidence is never changed or deleted"


def forbid_changes(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    sqlite = schema_editor.connection.vendor == "sqlite"
    if not sqlite:
        schema_editor.execute(
            "CREATE FUNCTION settlement_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
    for table, columns in TABLES:
        changes = [("update", f"UPDATE OF {', '.join(columns)}"), ("delete", "DELETE")]
        for name, change in changes:
            head = f"CREATE TRIGGER {table}_no_{name} BEFORE {change} ON {table}"
            if sqlite:
                schema_editor.execute(f"{head} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
            else:
                schema_editor.execute(f"{head} FOR EACH ROW EXECUTE FUNCTION settlement_refuse()")
        if not sqlite:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION settlement_refuse()"
            )


def allow_changes(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    sqlite = schema_editor.connection.vendor == "sqlite"
    for table, _ in TABLES:
        for name in ("update", "delete") if sqlite else ("update", "delete", "truncate"):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{name}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        schema_editor.execute("DROP FUNCTION settlement_refuse()")


class Migration(migrations.Migration):
    dependencies = [("settlement", "0001_evidence_and_results")]
    operations = [migrations.RunPython(forbid_changes, allow_changes, elidable=False)]
