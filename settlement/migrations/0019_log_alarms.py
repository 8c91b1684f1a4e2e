"""Alarms that the centre raises about logs, which epoch follows which, and how greetings are ordered."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from foundation.errors import MessageError
from sync.contract import events


def note_predecessors(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Epochs that are here already say it in their first event."""
    starts = apps.get_model("settlement", "Event").objects.filter(kind="epoch_start", seq=1)
    chains = apps.get_model("settlement", "Chain").objects
    for chain, raw in starts.values_list("chain_id", "raw").iterator(chunk_size=500):
        try:
            event = events.decode(bytes(raw))
        except MessageError:
            continue
        if isinstance(event, events.EpochStart) and event.previous:
            chains.filter(pk=chain).update(
                previous_epoch=event.previous.epoch, previous_seq=event.previous.seq
            )


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0018_known_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="chain",
            name="previous_epoch",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddField(
            model_name="chain",
            name="previous_seq",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="chain",
            name="followed",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="chain",
            name="oldest",
            field=models.BigIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="terminalstatus",
            name="answer_due",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(note_predecessors, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="chain",
            index=models.Index(fields=["terminal", "previous_epoch"], name="chain_behind_another"),
        ),
        migrations.AddField(
            model_name="terminalstatus",
            name="newest_epoch",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddField(
            model_name="terminalstatus",
            name="newest_head",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="terminalstatus",
            name="left_boots",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="LogAlarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=24)),
                ("epoch", models.CharField(blank=True, max_length=32)),
                ("seq", models.BigIntegerField(default=0)),
                ("shown_by", models.CharField(blank=True, max_length=64)),
                ("detail", models.CharField(max_length=200)),
                ("first_ms", models.BigIntegerField()),
                ("last_ms", models.BigIntegerField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("settled_ms", models.BigIntegerField(blank=True, null=True)),
                ("settled_by", models.CharField(blank=True, max_length=40)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "terminal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log_alarms",
                        to="settlement.terminal",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_ms__isnull", True)),
                        fields=("terminal", "code", "epoch"),
                        name="one_open_alarm_of_a_kind",
                    )
                ],
            },
        ),
    ]
