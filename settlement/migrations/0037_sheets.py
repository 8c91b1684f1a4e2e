"""What is entered as a whole: lists of volunteers that somebody still decides on, and paper sheets of times."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

REFUSAL = "a sheet is never changed or deleted"
TABLES = ("settlement_sheet", "settlement_sheetrecord")


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        make_append_only(schema_editor, table, REFUSAL)


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        allow_changes(schema_editor, table)


def kept(to: str, related_name: str, *, db_index: bool = True) -> "models.Field[Any, Any]":
    return models.ForeignKey(
        db_index=db_index,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0036_held_reviews"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldList",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("until_ms", models.BigIntegerField(db_index=True)),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held_list",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("local_date", models.DateField()),
                ("form", models.CharField(max_length=32)),
                ("entered_by", models.CharField(max_length=60)),
                ("entered_ms", models.BigIntegerField()),
                ("activity", kept("settlement.activity", "sheets")),
                ("entered_account", kept(settings.AUTH_USER_MODEL, "+", db_index=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("entered_account", "form"), name="one_sheet_per_form")
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetRecord",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="of_sheet",
                        serialize=False,
                        to="settlement.manualrecord",
                    ),
                ),
                ("row", models.PositiveSmallIntegerField()),
                ("sheet", kept("settlement.sheet", "records")),
            ],
            options={"ordering": ("row", "record")},
        ),
        migrations.RunPython(seal, unseal, elidable=False),
    ]
