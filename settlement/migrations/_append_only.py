"""Triggers by which the database itself forbids to change or delete rows."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make_refusal(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The function that PostgreSQL's triggers call; the trigger's argument is what it complains."""
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute(
            "CREATE FUNCTION settlement_refuse_with() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0]; END $$"
        )


def drop_refusal(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take `make_refusal` back."""
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute("DROP FUNCTION settlement_refuse_with()")


def make_append_only(schema_editor: BaseDatabaseSchemaEditor, table: str, refusal: str) -> None:
    """Forbid UPDATE, DELETE and, on PostgreSQL, TRUNCATE of a table."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    for change in ("update", "delete") if sqlite else ("update", "delete", "truncate"):
        head = f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table}"
        if sqlite:
            schema_editor.execute(f"{head} BEGIN SELECT RAISE(ABORT, '{refusal}'); END")
        else:
            each = "STATEMENT" if change == "truncate" else "ROW"
            schema_editor.execute(
                f"{head} FOR EACH {each} EXECUTE FUNCTION settlement_refuse_with('{refusal}')"
            )


def allow_changes(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take `make_append_only` back."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    for change in ("update", "delete") if sqlite else ("update", "delete", "truncate"):
        schema_editor.execute(f"DROP TRIGGER {table}_no_{change}" + ("" if sqlite else f" ON {table}"))
