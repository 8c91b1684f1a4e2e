"""Ratings (append-only), exchanges of points for gifts, reviews of stars."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

REFUSAL = "a rating is never changed or deleted"
TABLES = ("settlement_rating",)


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        make_append_only(schema_editor, table, REFUSAL)


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        allow_changes(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0005_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="Exchange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tier", models.CharField(max_length=40)),
                ("local_date", models.DateField()),
                ("state", models.CharField(max_length=9)),
                ("applied_ms", models.BigIntegerField()),
                ("reviewed_by", models.CharField(blank=True, max_length=40)),
                ("reviewed_ms", models.BigIntegerField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("fulfilled_by", models.CharField(blank=True, max_length=40)),
                ("fulfilled_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exchanges",
                        to="settlement.volunteer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reviewed_by", ""), ("state", "applied")),
                            models.Q(
                                ("fulfilled_by", ""),
                                ("state__in", ("approved", "rejected")),
                                models.Q(("reviewed_by", ""), _negated=True),
                            ),
                            models.Q(
                                ("state", "fulfilled"),
                                models.Q(("reviewed_by", ""), _negated=True),
                                models.Q(("fulfilled_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="each_step_by_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=9)),
                ("by", models.CharField(max_length=40)),
                ("effect_pm", models.PositiveIntegerField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at_ms", models.BigIntegerField()),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="settlement.activity",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="settlement.volunteer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ("self", "peer", "leader", "recipient"))),
                        name="known_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effect_pm__lte", 1500)), name="effect_within_range"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StarReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stars_before", models.PositiveSmallIntegerField()),
                ("stars_after", models.PositiveSmallIntegerField()),
                ("approved_s", models.BigIntegerField()),
                ("raised_ms", models.BigIntegerField()),
                ("withdrawn", models.BooleanField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, max_length=40)),
                ("decided_ms", models.BigIntegerField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="star_reviews",
                        to="settlement.volunteer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", ""), ("withdrawn__isnull", True)),
                            models.Q(
                                ("withdrawn__isnull", False), models.Q(("decided_by", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="stars_decided_by_somebody",
                    )
                ],
            },
        ),
        migrations.RunPython(seal, unseal, elidable=False),
    ]
