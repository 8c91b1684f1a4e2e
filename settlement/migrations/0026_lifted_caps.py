"""Dates on which a reviewer let somebody earn more than the daily cap; never changed."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

TABLE = "settlement_liftedcap"


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make_append_only(schema_editor, TABLE, "who lifted a daily cap is never changed or deleted")


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    allow_changes(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0025_policy_of_activities"),
    ]

    operations = [
        migrations.CreateModel(
            name="LiftedCap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("local_date", models.DateField()),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=40)),
                ("at_ms", models.BigIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lifted_caps",
                        to="settlement.ledgerentry",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lifted_caps",
                        to="settlement.volunteer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("volunteer", "local_date"), name="lifted_once")
                ],
            },
        ),
        migrations.RunPython(seal, unseal),
    ]
