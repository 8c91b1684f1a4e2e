"""What terminals told of themselves, what they are asked to do, and what their screens are to say."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0038_api_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScreenMessage",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("texts", models.JSONField()),
                ("for_all", models.BooleanField()),
                ("at_ms", models.BigIntegerField()),
                ("until_ms", models.BigIntegerField(db_index=True)),
                ("by", models.CharField(blank=True, max_length=40)),
                ("ended_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MessageAt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_due", models.BooleanField(default=True)),
                ("sent_ms", models.BigIntegerField(blank=True, null=True)),
                ("shown_ms", models.BigIntegerField(blank=True, null=True)),
                ("came_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "terminal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="screen_messages",
                        to="settlement.terminal",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="places",
                        to="settlement.screenmessage",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_due", True)), fields=["terminal"], name="messages_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message", "terminal"), name="message_once_at_a_terminal")
                ],
            },
        ),
        migrations.CreateModel(
            name="TerminalOrder",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("what", models.CharField(max_length=20)),
                ("argument", models.CharField(blank=True, max_length=120)),
                ("at_ms", models.BigIntegerField()),
                ("ends_ms", models.BigIntegerField()),
                ("by", models.CharField(blank=True, max_length=40)),
                ("sent_ms", models.BigIntegerField(blank=True, null=True)),
                ("done_ms", models.BigIntegerField(blank=True, null=True)),
                ("came_ms", models.BigIntegerField(blank=True, null=True)),
                ("result", models.CharField(blank=True, max_length=40)),
                ("detail", models.CharField(blank=True, max_length=200)),
                (
                    "account",
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
                        related_name="orders",
                        to="settlement.terminal",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["terminal", "at_ms"], name="orders_of_terminal"),
                    models.Index(
                        condition=models.Q(("came_ms", None)), fields=["ends_ms"], name="orders_open"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TerminalTold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at_ms", models.BigIntegerField()),
                ("told", models.JSONField()),
                ("times", models.PositiveIntegerField(default=1)),
                (
                    "terminal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="settlement.terminal",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["terminal", "at_ms"], name="told_of_terminal")],
            },
        ),
    ]
