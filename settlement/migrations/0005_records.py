"""Manual records and disputes, append-only; evidence that entered no session may be such a record."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

REFUSAL = "evidence is never changed or deleted"
TABLES = (
    "settlement_manualrecord",
    "settlement_manualdecision",
    "settlement_dispute",
    "settlement_disputeanswer",
)


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        make_append_only(schema_editor, table, REFUSAL)


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        allow_changes(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0004_ledger"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("local_date", models.DateField()),
                ("objection", models.CharField(max_length=1000)),
                ("raised_by", models.CharField(max_length=40)),
                ("raised_ms", models.BigIntegerField()),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="settlement.activity",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="settlement.volunteer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ManualRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("direction", models.CharField(max_length=3)),
                ("at_ms", models.BigIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("entered_by", models.CharField(max_length=60)),
                ("entered_ms", models.BigIntegerField()),
                ("claim_seq", models.BigIntegerField(blank=True, null=True)),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="manual_records",
                        to="settlement.activity",
                    ),
                ),
                (
                    "claim_chain",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="settlement.chain",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="manual_records",
                        to="settlement.volunteer",
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="eventoutcome",
            name="chain",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="settlement.chain"
            ),
        ),
        migrations.AlterField(
            model_name="eventoutcome",
            name="seq",
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="DisputeAnswer",
            fields=[
                (
                    "dispute",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="answer",
                        serialize=False,
                        to="settlement.dispute",
                    ),
                ),
                ("outcome", models.CharField(max_length=13)),
                ("answer", models.CharField(max_length=1000)),
                ("by", models.CharField(max_length=40)),
                ("at_ms", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ManualDecision",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="decision",
                        serialize=False,
                        to="settlement.manualrecord",
                    ),
                ),
                ("confirmed", models.BooleanField()),
                ("by", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at_ms", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="eventoutcome",
            name="record",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="settlement.manualrecord",
            ),
        ),
        migrations.AddConstraint(
            model_name="eventoutcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("chain__isnull", False), ("record__isnull", True), ("seq__isnull", False)),
                    models.Q(("chain__isnull", True), ("record__isnull", False), ("seq__isnull", True)),
                    _connector="OR",
                ),
                name="one_piece_of_evidence",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputeanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ("upheld", "partly_upheld", "rejected"))),
                name="known_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualrecord",
            constraint=models.UniqueConstraint(
                fields=("claim_chain", "claim_seq"), name="one_record_per_claim"
            ),
        ),
        migrations.AddConstraint(
            model_name="manualrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ("in", "out"))), name="comes_or_leaves"
            ),
        ),
        migrations.RunPython(seal, unseal, elidable=False),
    ]
