"""What waits is counted and filtered by its flags and its volunteer without a look at the ledger itself."""

from collections.abc import Mapping
from typing import Final

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_ON_SQLITE = (
    "CREATE TRIGGER settlement_entry_waits AFTER INSERT ON settlement_ledgerentry BEGIN "
    "INSERT INTO settlement_waitingentry (entry_id, activity_id, local_date{names}) "
    "VALUES (NEW.id, NEW.activity_id, NEW.local_date{of_new}); END"
)
_DECIDED_ON_SQLITE = (
    "CREATE TRIGGER settlement_entry_decided AFTER INSERT ON settlement_review BEGIN "
    "DELETE FROM settlement_waitingentry WHERE entry_id = NEW.entry_id; END"
)
# Once a statement: what is entered together is thousands of rows.
_ON_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION settlement_entry_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO settlement_waitingentry (entry_id, activity_id, local_date{names}) "
    "SELECT id, activity_id, local_date{names} FROM added; RETURN NULL; END $$"
)
_FILL = (
    "INSERT INTO settlement_waitingentry (entry_id, activity_id, local_date{names}) "
    "SELECT e.id, e.activity_id, e.local_date{of_entry} FROM settlement_ledgerentry e "
    "LEFT JOIN settlement_review r ON r.entry_id = e.id WHERE r.entry_id IS NULL"
)
_BEFORE: Final = {"names": "", "of_new": "", "of_entry": ""}
_NOW: Final = {
    "names": ", volunteer_id, flags",
    "of_new": ", NEW.volunteer_id, NEW.flags",
    "of_entry": ", e.volunteer_id, e.flags",
}


def _let_go(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite lets no table go that a trigger names."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER settlement_entry_waits")
        schema_editor.execute("DROP TRIGGER settlement_entry_decided")


def _watch(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _fill(schema_editor, _NOW)


def _watch_as_before(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _fill(schema_editor, _BEFORE)


def _fill(schema_editor: BaseDatabaseSchemaEditor, columns: Mapping[str, str]) -> None:
    """Enter what waits, and let the triggers go on with it."""
    on_sqlite = (_FILL, _ON_SQLITE, _DECIDED_ON_SQLITE)
    statements = on_sqlite if schema_editor.connection.vendor == "sqlite" else (_FILL, _ON_POSTGRESQL)
    for statement in statements:
        schema_editor.execute(statement.format(**columns))


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0049_notice_withdrawals"),
    ]

    operations = [
        migrations.RunPython(_let_go, _watch_as_before),
        migrations.DeleteModel(name="WaitingEntry"),
        migrations.CreateModel(
            name="WaitingEntry",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="waiting",
                        serialize=False,
                        to="settlement.ledgerentry",
                    ),
                ),
                ("local_date", models.DateField()),
                ("flags", models.JSONField()),
                (
                    "activity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.activity",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.volunteer",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "waiting entries",
                "indexes": [
                    models.Index(fields=["activity", "local_date", "entry"], name="waiting_in_activity"),
                    models.Index(fields=["local_date", "activity", "entry"], name="waiting_since"),
                ],
            },
        ),
        migrations.RunPython(_watch, _let_go),
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(
                condition=models.Q(("state", "approved")), fields=["reviewed_ms"], name="gift_to_hand_out"
            ),
        ),
    ]
