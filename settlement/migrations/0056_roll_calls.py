"""Roll calls that inspectors signed at terminals are visits: which event, of how many, what was remarked."""

import django.db.models.deletion
from django.db import migrations, models

from settlement.migrations._append_only import Triggers

TRIGGERS = Triggers()


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0055_group_movements"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, TRIGGERS.put_back),
        migrations.AddField(
            model_name="inspectedperson",
            name="remark",
            field=models.CharField(blank=True, max_length=40, null=True),
        ),
        migrations.AddField(
            model_name="inspectionvisit",
            name="chain",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to="settlement.chain",
            ),
        ),
        migrations.AddField(
            model_name="inspectionvisit",
            name="draws",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="inspectionvisit",
            name="present",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="inspectionvisit",
            name="seq",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="inspectionvisit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("seq__isnull", False)),
                fields=("chain", "seq"),
                name="visit_once_an_event",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, TRIGGERS.keep),
    ]
