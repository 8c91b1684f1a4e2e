"""Events that name no activity, which one was found, and what people said of it: that is append-only."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

TABLE = "settlement_namedactivity"


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make_append_only(schema_editor, TABLE, "what somebody said of an event is never changed or deleted")


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    allow_changes(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0013_access_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="NamedActivity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=40)),
                ("at_ms", models.BigIntegerField()),
                (
                    "activity",
                    models.ForeignKey(
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
                "verbose_name_plural": "named activities",
                "indexes": [models.Index(fields=["chain", "seq"], name="named_activity_of_event")],
            },
        ),
        migrations.CreateModel(
            name="UnnamedActivity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("way", models.CharField(max_length=8)),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unnamed_events",
                        to="settlement.activity",
                    ),
                ),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="settlement.chain"
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.volunteer",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "unnamed activities",
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "seq"), name="found_once_for_each_event")
                ],
            },
        ),
        migrations.RunPython(seal, unseal),
    ]
