"""Who took a right to check in, or gave it back: append-only."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

TABLE = "settlement_accesschange"


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make_append_only(schema_editor, TABLE, "a change of access is never changed or deleted")


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    allow_changes(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0012_rosters_and_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.CharField(blank=True, max_length=80)),
                ("change", models.CharField(max_length=7)),
                ("from_ms", models.BigIntegerField(blank=True, null=True)),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=40)),
                ("at_ms", models.BigIntegerField()),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_changes",
                        to="settlement.volunteer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("change__in", ("revoke", "restore")), ("ref__gt", "")),
                            models.Q(("change__in", ("suspend", "resume")), ("ref", "")),
                            _connector="OR",
                        ),
                        name="credential_or_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("change", "revoke"), ("from_ms__isnull", False)),
                            models.Q(
                                models.Q(("change", "revoke"), _negated=True), ("from_ms__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="only_a_revocation_has_a_moment",
                    ),
                ],
            },
        ),
        migrations.RunPython(seal, unseal),
    ]
