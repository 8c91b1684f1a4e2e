"""Heartbeats of listeners that share a database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0019_log_alarms"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListenerBeat",
            fields=[
                ("backend", models.IntegerField(primary_key=True, serialize=False)),
                ("started", models.DateTimeField()),
                ("name", models.CharField(max_length=32)),
                ("beat", models.DateTimeField()),
            ],
        ),
    ]
