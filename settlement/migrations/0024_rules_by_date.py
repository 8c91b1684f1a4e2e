"""From which date each version of the rules holds; said by people, never changed."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

TABLE = "settlement_rulechange"


def as_it_was(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Everything was judged by the version that was used last, whatever its date."""
    newest = apps.get_model("settlement", "RuleVersion").objects.order_by("first_used_ms", "version").last()
    if newest is not None:
        apps.get_model("settlement", "RuleChange").objects.create(
            version=newest, since=None, by="", reason="", at_ms=newest.first_used_ms
        )


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make_append_only(schema_editor, TABLE, "from when on rules hold is never changed, only said anew")


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    allow_changes(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0023_certificate_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField(null=True)),
                ("by", models.CharField(blank=True, max_length=40)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("at_ms", models.BigIntegerField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="settlement.ruleversion",
                    ),
                ),
            ],
        ),
        migrations.RunPython(as_it_was, migrations.RunPython.noop),
        migrations.RunPython(seal, unseal),
    ]
