"""How terminals joined: tokens, requests, and who was turned away."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0016_tls_certificates"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefusedEnrolment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at_ms", models.BigIntegerField()),
                ("refusal", models.CharField(max_length=20)),
                ("terminal", models.CharField(blank=True, max_length=32)),
                ("words", models.CharField(blank=True, max_length=80)),
                ("address", models.CharField(blank=True, max_length=45)),
            ],
        ),
        migrations.CreateModel(
            name="EnrolmentToken",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("nonce", models.CharField(max_length=64)),
                ("terminal", models.CharField(max_length=32)),
                ("again", models.BooleanField(default=False)),
                ("by", models.CharField(max_length=40)),
                ("made_ms", models.BigIntegerField()),
                ("ends_ms", models.BigIntegerField()),
                ("used_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolment_tokens",
                        to="settlement.site",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TerminalRequest",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=9, unique=True)),
                ("terminal", models.CharField(blank=True, max_length=32)),
                ("public_key", models.CharField(max_length=64)),
                ("words", models.CharField(max_length=80)),
                ("message", models.BinaryField()),
                ("address", models.CharField(blank=True, max_length=45)),
                ("asked_ms", models.BigIntegerField()),
                ("state", models.CharField(max_length=8)),
                ("decided_ms", models.BigIntegerField(blank=True, null=True)),
                ("by", models.CharField(blank=True, max_length=40)),
                ("grant", models.BinaryField(blank=True, null=True)),
                (
                    "token",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="request",
                        to="settlement.enrolmenttoken",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "asked_ms"], name="terminal_requests_waiting")],
            },
        ),
    ]
