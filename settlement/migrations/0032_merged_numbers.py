"""Numbers of one person that were merged, and merges that were taken back."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, let_texts_vanish, make_append_only

REFUSAL = "a merge is never changed or deleted"
TABLES = ("settlement_mergednumber", "settlement_mergetakenback")


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        make_append_only(schema_editor, table, REFUSAL)
        let_texts_vanish(schema_editor, table, REFUSAL, {"reason": "{new} = ''"})


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        allow_changes(schema_editor, table)


def account() -> "models.Field[Any, Any]":
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


def volunteer(related_name: str) -> "models.Field[Any, Any]":
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="settlement.volunteer",
    )


def by_a_person(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(("by__gt", "")), name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0031_erasure"),
    ]

    operations = [
        migrations.CreateModel(
            name="MergedNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by", models.CharField(max_length=40)),
                ("reason", models.CharField(max_length=300)),
                ("at_ms", models.BigIntegerField()),
                ("account", account()),
                ("gone", volunteer("merges_gone")),
                ("kept", volunteer("merges_kept")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kept", models.F("gone")), _negated=True),
                        name="two_numbers_are_merged",
                    ),
                    by_a_person("a_person_merges"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MergeTakenBack",
            fields=[
                (
                    "merge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="taken_back",
                        serialize=False,
                        to="settlement.mergednumber",
                    ),
                ),
                ("by", models.CharField(max_length=40)),
                ("reason", models.CharField(max_length=300)),
                ("at_ms", models.BigIntegerField()),
                ("account", account()),
            ],
            options={
                "verbose_name_plural": "merges taken back",
                "constraints": [by_a_person("a_person_takes_it_back")],
            },
        ),
        migrations.RunPython(seal, unseal, elidable=False),
    ]
