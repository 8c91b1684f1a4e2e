"""Groups without names, as terminals noted them; append-only."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

TABLE, REFUSAL = "settlement_groupmovement", "what a terminal noted of a group is never changed or deleted"


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make_append_only(schema_editor, TABLE, REFUSAL)


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    allow_changes(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0054_walk_ins"),
    ]

    operations = [
        migrations.CreateModel(
            name="GroupMovement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("group", models.CharField(max_length=16)),
                ("direction", models.CharField(max_length=3)),
                ("count", models.IntegerField()),
                ("remark", models.CharField(max_length=300)),
                ("entered_by", models.CharField(max_length=40)),
                ("at_ms", models.BigIntegerField()),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.activity",
                    ),
                ),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="settlement.chain"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at_ms"], name="group_moved_since")],
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "seq"), name="group_moved_once_by_event")
                ],
            },
        ),
        migrations.RunPython(seal, unseal, elidable=False),
    ]
