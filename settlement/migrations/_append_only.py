"""Triggers by which the database itself forbids to change or delete rows."""

from collections.abc import Mapping

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


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


CHANGES = ("update", "delete", "truncate")


def make_append_only(
    schema_editor: BaseDatabaseSchemaEditor, table: str, refusal: str, changes: tuple[str, ...] = CHANGES
) -> None:
    """Forbid UPDATE, DELETE and, on PostgreSQL, TRUNCATE of a table, or some of them."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    for change in _known_to(schema_editor, changes):
        head = f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table}"
        if sqlite:
            schema_editor.execute(f"{head} BEGIN SELECT RAISE(ABORT, '{refusal}'); END")
        else:
            each = "STATEMENT" if change == "truncate" else "ROW"
            schema_editor.execute(
                f"{head} FOR EACH {each} EXECUTE FUNCTION settlement_refuse_with('{refusal}')"
            )


def let_texts_vanish(
    schema_editor: BaseDatabaseSchemaEditor, table: str, refusal: str, texts: Mapping[str, str]
) -> None:
    """Forbid every UPDATE but one: of a person who is erased, these columns may become what they may.

    `texts` says for each column what, as SQL in which {new} and {old} stand for its values.
    """
    allow_changes(schema_editor, table, ("update",))
    sqlite = schema_editor.connection.vendor == "sqlite"
    with schema_editor.connection.cursor() as cursor:
        described = schema_editor.connection.introspection.get_table_description(cursor, table)
    same = "{new} IS {old}" if sqlite else "{new} IS NOT DISTINCT FROM {old}"
    kept = " AND ".join(
        f"({_of_row(same, name)}{f' OR {_of_row(texts[name], name)}' if name in texts else ''})"
        for name in (column.name for column in described)
    )
    head = f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
    if sqlite:
        schema_editor.execute(f"{head} WHEN NOT ({kept}) BEGIN SELECT RAISE(ABORT, '{refusal}'); END", None)
    else:
        call = f"settlement_refuse_with('{refusal}')"
        schema_editor.execute(f"{head} FOR EACH ROW WHEN (NOT ({kept})) EXECUTE FUNCTION {call}", None)


def _of_row(condition: str, column: str) -> str:
    return condition.format(new=f'NEW."{column}"', old=f'OLD."{column}"')


def allow_changes(
    schema_editor: BaseDatabaseSchemaEditor, table: str, changes: tuple[str, ...] = CHANGES
) -> None:
    """Take `make_append_only` back."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    for change in _known_to(schema_editor, changes):
        schema_editor.execute(f"DROP TRIGGER {table}_no_{change}" + ("" if sqlite else f" ON {table}"))


def _known_to(schema_editor: BaseDatabaseSchemaEditor, changes: tuple[str, ...]) -> tuple[str, ...]:
    """SQLite has no TRUNCATE."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    return tuple(change for change in changes if not (sqlite and change == "truncate"))


class Triggers:
    """SQLite makes a table anew to take a column of it back, and forgets its triggers: these are put back."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def keep(self, _apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Before columns go."""
        self._kept = _triggers(schema_editor)

    def put_back(self, _apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """After they went."""
        lost = self._kept.keys() - _triggers(schema_editor).keys()
        for name in sorted(lost):
            schema_editor.execute(self._kept[name])


def _triggers(schema_editor: BaseDatabaseSchemaEditor) -> dict[str, str]:
    if schema_editor.connection.vendor != "sqlite":
        return {}
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())
