"""Visits of inspectors and public notices, append-only; who does not want to be named."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

REFUSALS = {
    "settlement_inspectionvisit": "a visit is never changed or deleted",
    "settlement_inspectedperson": "a visit is never changed or deleted",
    "settlement_publicnotice": "a public notice is never changed or deleted",
}


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table, refusal in REFUSALS.items():
        make_append_only(schema_editor, table, refusal)


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in REFUSALS:
        allow_changes(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0007_certificates_transfers"),
    ]

    operations = [
        migrations.AddField(
            model_name="volunteer",
            name="may_be_named",
            field=models.BooleanField(default=True),
        ),
        migrations.CreateModel(
            name="InspectionVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("inspector", models.CharField(max_length=40)),
                ("at_ms", models.BigIntegerField()),
                ("findings", models.CharField(blank=True, max_length=1000)),
                ("entered_by", models.CharField(max_length=40)),
                ("entered_ms", models.BigIntegerField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="settlement.site",
                    ),
                ),
                (
                    "terminal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="settlement.terminal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InspectedPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen", models.BooleanField()),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="settlement.activity",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="settlement.volunteer",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="settlement.inspectionvisit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PublicNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("content", models.JSONField()),
                ("published_by", models.CharField(max_length=40)),
                ("published_ms", models.BigIntegerField()),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="settlement.organisation",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="inspectionvisit",
            index=models.Index(fields=["site", "at_ms"], name="visit_of_site"),
        ),
        migrations.AddConstraint(
            model_name="inspectedperson",
            constraint=models.UniqueConstraint(fields=("visit", "volunteer"), name="called_once_a_visit"),
        ),
        migrations.RunPython(seal, unseal, elidable=False),
    ]
