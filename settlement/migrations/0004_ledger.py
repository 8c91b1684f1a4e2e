"""The ledger and its reviews, append-only; everybody who was settled before is settled into it again."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, drop_refusal, make_append_only, make_refusal

REFUSAL = "the ledger is never changed or deleted"
TABLES = ("settlement_ledgerentry", "settlement_review")


def seal(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make_refusal(schema_editor)
    for table in TABLES:
        make_append_only(schema_editor, table, REFUSAL)
    settled = apps.get_model("settlement", "Settled").objects
    settled.update(digest="")
    unsettled = apps.get_model("settlement", "Unsettled")
    unsettled.objects.bulk_create(
        (
            unsettled(volunteer_id=number, mark="ledger", since_ms=0)
            for number in settled.values_list("volunteer_id", flat=True)
        ),
        ignore_conflicts=True,
    )


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        allow_changes(schema_editor, table)
    drop_refusal(schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0003_organisations_and_shifts"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("local_date", models.DateField()),
                ("kind", models.CharField(max_length=10)),
                ("rev", models.PositiveIntegerField()),
                ("delta_s", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, max_length=12)),
                ("flags", models.JSONField()),
                ("hands", models.JSONField()),
                ("sessions", models.JSONField()),
                ("entered_ms", models.BigIntegerField()),
                (
                    "activity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="settlement.activity",
                    ),
                ),
                (
                    "rules",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="settlement.ruleversion",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="settlement.volunteer",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "ledger entries",
            },
        ),
        migrations.AddField(
            model_name="unsettled",
            name="master_data",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="settlement.ledgerentry",
                    ),
                ),
                ("state", models.CharField(max_length=10)),
                ("by", models.CharField(blank=True, max_length=40)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("override", models.CharField(blank=True, max_length=300)),
                ("at_ms", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by", ""), ("state", "superseded")),
                            models.Q(
                                ("state__in", ("approved", "rejected")), models.Q(("by", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="a_person_decides",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["activity", "local_date"], name="entry_of_day"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                fields=("volunteer", "activity", "local_date", "kind", "rev"), name="one_entry_per_revision"
            ),
        ),
        migrations.RunPython(seal, unseal, elidable=False),
    ]
