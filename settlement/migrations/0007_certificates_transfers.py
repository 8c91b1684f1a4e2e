"""Certificates, append-only, with their counters; transfers between organisations."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, make_append_only

REFUSAL = "a certificate is never changed or deleted"
TABLES = ("settlement_certificate", "settlement_stalecertificate")


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        make_append_only(schema_editor, table, REFUSAL)


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        allow_changes(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0006_ratings_gifts_stars"),
    ]

    operations = [
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("number", models.CharField(max_length=25, primary_key=True, serialize=False)),
                ("t_s", models.BigIntegerField()),
                ("content", models.JSONField()),
                ("activities", models.JSONField()),
                ("first_day", models.DateField(blank=True, null=True)),
                ("last_day", models.DateField(blank=True, null=True)),
                ("issued_by", models.CharField(max_length=40)),
                ("issued_ms", models.BigIntegerField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="settlement.organisation",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="settlement.certificate",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="settlement.volunteer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CertificateCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issuer", models.CharField(max_length=6)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "year"), name="one_counter_per_issuer_and_year")
                ],
            },
        ),
        migrations.CreateModel(
            name="StaleCertificate",
            fields=[
                (
                    "certificate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="stale",
                        serialize=False,
                        to="settlement.certificate",
                    ),
                ),
                ("at_ms", models.BigIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="settlement.ledgerentry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=9)),
                ("introduction_letter", models.CharField(blank=True, max_length=300)),
                ("service_record", models.JSONField(blank=True, null=True)),
                ("requested_by", models.CharField(max_length=40)),
                ("requested_ms", models.BigIntegerField()),
                ("released_by", models.CharField(blank=True, max_length=40)),
                ("released_ms", models.BigIntegerField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=40)),
                ("ended_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrivals",
                        to="settlement.organisation",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="departures",
                        to="settlement.organisation",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="settlement.volunteer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("requested", "released"))),
                        fields=("volunteer",),
                        name="one_transfer_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("requested", "released", "accepted", "withdrawn"))),
                        name="known_transfer_state",
                    ),
                ],
            },
        ),
        migrations.RunPython(seal, unseal, elidable=False),
    ]
