"""Reports that are made in the background."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0044_certificate_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("node", models.CharField(blank=True, max_length=32)),
                ("kind", models.CharField(max_length=20)),
                ("form", models.CharField(max_length=4)),
                ("language", models.CharField(max_length=12)),
                ("asked", models.JSONField()),
                ("asked_ms", models.BigIntegerField()),
                ("state", models.CharField(max_length=9)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("maker", models.CharField(blank=True, max_length=80)),
                ("until_ms", models.BigIntegerField(default=0)),
                ("rows", models.BigIntegerField(default=0)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("why", models.CharField(blank=True, max_length=500)),
                ("ends_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_files",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "asked_ms"], name="report_file_waiting")],
            },
        ),
    ]
