"""What waits is found without a look at all that was ever decided; so is who did what on a day."""

from typing import Final

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_FILL = (
    "INSERT INTO settlement_waitingentry (entry_id, activity_id, local_date) SELECT e.id, e.activity_id, e.local_date FROM settlement_ledgerentry e"
    " LEFT JOIN settlement_review r ON r.entry_id = e.id WHERE r.entry_id IS NULL"
)

ON_SQLITE: Final = (
    (
        "CREATE TRIGGER settlement_entry_waits AFTER INSERT ON settlement_ledgerentry BEGIN "
        "INSERT INTO settlement_waitingentry (entry_id, activity_id, local_date) VALUES (NEW.id, NEW.activity_id, NEW.local_date); END"
    ),
    (
        "CREATE TRIGGER settlement_entry_decided AFTER INSERT ON settlement_review BEGIN "
        "DELETE FROM settlement_waitingentry WHERE entry_id = NEW.entry_id; END"
    ),
)
# Once a statement: what is approved together is thousands of rows.
ON_POSTGRESQL: Final = (
    (
        "CREATE FUNCTION settlement_entry_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO settlement_waitingentry (entry_id, activity_id, local_date) SELECT id, activity_id, local_date FROM added; RETURN NULL; END $$"
    ),
    (
        "CREATE FUNCTION settlement_entry_decided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "DELETE FROM settlement_waitingentry w USING added a WHERE w.entry_id = a.entry_id; RETURN NULL; END $$"
    ),
    (
        "CREATE TRIGGER settlement_entry_waits AFTER INSERT ON settlement_ledgerentry "
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION settlement_entry_waits()"
    ),
    (
        "CREATE TRIGGER settlement_entry_decided AFTER INSERT ON settlement_review "
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION settlement_entry_decided()"
    ),
)
_TABLES = {
    "settlement_entry_waits": "settlement_ledgerentry",
    "settlement_entry_decided": "settlement_review",
}


def watch(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(_FILL)
    for statement in ON_SQLITE if schema_editor.connection.vendor == "sqlite" else ON_POSTGRESQL:
        schema_editor.execute(statement)


def unwatch(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name, table in _TABLES.items():
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {name}")
        else:
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0045_report_files"),
    ]

    operations = [
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
                (
                    "activity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.activity",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "waiting entries",
                "indexes": [
                    models.Index(fields=["activity", "local_date"], name="waiting_in_activity"),
                ],
            },
        ),
        migrations.RunPython(watch, unwatch),
        migrations.AddIndex(
            model_name="auditrecord",
            index=models.Index(fields=["at_ms"], name="audit_of_time"),
        ),
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(
                condition=models.Q(("state", "applied")), fields=["applied_ms"], name="gift_applied_for"
            ),
        ),
        migrations.AddIndex(
            model_name="starreview",
            index=models.Index(
                condition=models.Q(("withdrawn__isnull", True)), fields=["raised_ms"], name="stars_undecided"
            ),
        ),
        migrations.AddIndex(
            model_name="eventoutcome",
            index=models.Index(fields=["chain", "at_s"], name="outcome_of_chain"),
        ),
    ]
