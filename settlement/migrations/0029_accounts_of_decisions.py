"""Who lifted a cap, put rules in force or took a rejection back acts by an account, as everybody who decides."""

import django.db.models.deletion
from django.db import migrations, models

from settlement.migrations._append_only import Triggers

TRIGGERS = Triggers()


def _account(model: str) -> migrations.AddField:
    return migrations.AddField(
        model_name=model,
        name="account",
        field=models.ForeignKey(
            blank=True,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="settlement.account",
        ),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0028_decisions_taken_back"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, TRIGGERS.put_back),
        migrations.RunPython(TRIGGERS.keep, migrations.RunPython.noop),
        _account("liftedcap"),
        _account("rulechange"),
        _account("reopening"),
        migrations.RunPython(TRIGGERS.put_back, TRIGGERS.keep),
    ]
