"""What staff at terminals write to the centre, and who read it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0056_roll_calls"),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("by", models.CharField(max_length=40)),
                ("text", models.CharField(max_length=200)),
                ("at_ms", models.BigIntegerField()),
                ("came_ms", models.BigIntegerField()),
                ("read_by", models.CharField(blank=True, max_length=40)),
                ("read_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "chain",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_messages",
                        to="settlement.chain",
                    ),
                ),
                (
                    "read_account",
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
                    "terminal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_messages",
                        to="settlement.terminal",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["terminal", "at_ms"], name="messages_of_terminal"),
                    models.Index(
                        condition=models.Q(("read_ms", None)), fields=["terminal"], name="messages_unread"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "seq"), name="staff_message_once_an_event")
                ],
            },
        ),
    ]
