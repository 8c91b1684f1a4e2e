"""People who came without being on any roster: their keys, the events, and who they were, append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

TABLE, REFUSAL = "settlement_walkindecision", "who a walk-in was is never changed or deleted"


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make_append_only(schema_editor, TABLE, REFUSAL)


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    allow_changes(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0053_check_outs_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="WalkIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.CharField(max_length=80, unique=True)),
                ("seq", models.BigIntegerField()),
                ("arrived_ms", models.BigIntegerField()),
                (
                    "chain",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.chain",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WalkInKey",
            fields=[
                ("public", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("private", models.BinaryField(max_length=32)),
                ("made_ms", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="WalkInDecision",
            fields=[
                (
                    "walk_in",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="decision",
                        serialize=False,
                        to="settlement.walkin",
                    ),
                ),
                ("outcome", models.CharField(max_length=10)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("by", models.CharField(max_length=40)),
                ("at_ms", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="walk_ins",
                        to="settlement.volunteer",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="walkin",
            index=models.Index(fields=["arrived_ms"], name="walk_in_since"),
        ),
        migrations.AddConstraint(
            model_name="walkindecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ("matched", "registered")), ("volunteer__isnull", False)),
                    models.Q(("outcome", "refused"), ("reason__gt", ""), ("volunteer__isnull", True)),
                    _connector="OR",
                ),
                name="walk_in_is_somebody_or_refused",
            ),
        ),
        migrations.RunPython(seal, unseal, elidable=False),
    ]
