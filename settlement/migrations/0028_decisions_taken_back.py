"""Rejections that were reopened, records that count instead of something, and what answers an objection."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

REFUSALS = {
    "settlement_reopening": "the ledger is never changed or deleted",
    "settlement_replacement": "evidence is never changed or deleted",
    "settlement_disputerecord": "evidence is never changed or deleted",
}


def link(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Say of records that are here already which objection they answer: entered with it, by its author."""
    records = apps.get_model("settlement", "ManualRecord").objects
    links = apps.get_model("settlement", "DisputeRecord").objects
    for answer in apps.get_model("settlement", "DisputeAnswer").objects.select_related("dispute"):
        entered = records.filter(
            volunteer=answer.dispute.volunteer_id,
            activity=answer.dispute.activity_id,
            entered_by=answer.by,
            entered_ms=answer.at_ms,
            reason__startswith=f"Dispute {answer.dispute_id}: ",
        )
        for record in entered:
            links.create(record=record, dispute=answer.dispute)


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table, refusal in REFUSALS.items():
        make_append_only(schema_editor, table, refusal)


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in REFUSALS:
        allow_changes(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0027_ends_put_down"),
    ]

    operations = [
        migrations.CreateModel(
            name="DisputeRecord",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="of_dispute",
                        serialize=False,
                        to="settlement.manualrecord",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="settlement.dispute",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reopening",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="reopening",
                        serialize=False,
                        to="settlement.ledgerentry",
                    ),
                ),
                ("by", models.CharField(max_length=40)),
                ("reason", models.CharField(max_length=300)),
                ("at_ms", models.BigIntegerField()),
                (
                    "dispute",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reopenings",
                        to="settlement.dispute",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("by", ""), _negated=True), name="a_person_reopens"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Replacement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.BigIntegerField(blank=True, null=True)),
                (
                    "chain",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="settlement.chain",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="settlement.manualrecord",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replacements",
                        to="settlement.manualrecord",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("chain__isnull", False), ("other__isnull", True), ("seq__isnull", False)
                            ),
                            models.Q(
                                ("chain__isnull", True), ("other__isnull", False), ("seq__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="replaces_one_thing",
                    )
                ],
            },
        ),
        migrations.RunPython(link, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(seal, unseal, elidable=False),
    ]
