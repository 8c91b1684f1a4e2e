"""Addresses of others that are told of lines, and what is to be sent there."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0039_terminals_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("url", models.CharField(max_length=500)),
                ("kinds", models.JSONField(default=list)),
                ("sealed", models.TextField()),
                ("made_ms", models.BigIntegerField()),
                ("paused_ms", models.BigIntegerField(blank=True, null=True)),
                ("ended_ms", models.BigIntegerField(blank=True, null=True)),
                ("not_before_ms", models.BigIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhooks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhooks",
                        to="settlement.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message", models.CharField(max_length=40, unique=True)),
                ("kind", models.CharField(max_length=24)),
                ("lines", models.PositiveIntegerField()),
                ("body", models.TextField()),
                ("made_ms", models.BigIntegerField()),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("next_ms", models.BigIntegerField(blank=True, null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("tried_ms", models.BigIntegerField(blank=True, null=True)),
                ("status", models.PositiveIntegerField(blank=True, null=True)),
                ("failure", models.CharField(blank=True, max_length=24)),
                ("ended_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="settlement.webhook",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "webhook deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["next_ms"],
                        name="webhook_delivery_to_send",
                    )
                ],
            },
        ),
    ]
