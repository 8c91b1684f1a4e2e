"""Links by which somebody without an account rates service."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0047_who_is_here"),
    ]

    operations = [
        migrations.CreateModel(
            name="RatingLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=9)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("asked_by", models.CharField(max_length=40)),
                ("asked_ms", models.BigIntegerField()),
                ("ends_ms", models.BigIntegerField(db_index=True)),
                ("used_ms", models.BigIntegerField(blank=True, null=True)),
                ("withdrawn_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rating_links",
                        to="settlement.activity",
                    ),
                ),
                (
                    "asked_account",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rater",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked_to_rate",
                        to="settlement.volunteer",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rating_links",
                        to="settlement.volunteer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rater__isnull", False), ("role__in", ("self", "peer"))),
                            models.Q(("rater__isnull", True), ("role", "recipient")),
                            _connector="OR",
                        ),
                        name="link_for_whom",
                    )
                ],
            },
        ),
    ]
