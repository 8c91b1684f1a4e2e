import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0009_staff"),
    ]

    operations = [
        migrations.CreateModel(
            name="CodeUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.CharField(max_length=80)),
                ("seq", models.BigIntegerField()),
                (
                    "chain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="settlement.chain"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("ref", "chain", "seq"), name="one_use_for_each_event")
                ],
            },
        ),
        migrations.CreateModel(
            name="IssuedCode",
            fields=[
                ("ref", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("lookup", models.CharField(max_length=80)),
                ("telephone", models.CharField(max_length=80)),
                ("issued_ms", models.BigIntegerField()),
                ("expires_ms", models.BigIntegerField()),
                ("given_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="settlement.site",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="settlement.volunteer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["telephone", "issued_ms"], name="code_of_telephone"),
                    models.Index(fields=["site", "expires_ms"], name="code_of_site"),
                    models.Index(
                        condition=models.Q(("given_ms__isnull", True)),
                        fields=["expires_ms"],
                        name="code_not_given",
                    ),
                ],
            },
        ),
    ]
