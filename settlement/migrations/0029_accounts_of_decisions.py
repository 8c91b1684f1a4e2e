"""Who lifted a cap, put rules in force or took a rejection back acts by an account, as everybody who decides."""

from django.db import migrations

from settlement.migrations._accounts import add_account
from settlement.migrations._append_only import Triggers

TRIGGERS = Triggers()


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0028_decisions_taken_back"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, TRIGGERS.put_back),
        migrations.RunPython(TRIGGERS.keep, migrations.RunPython.noop),
        add_account("liftedcap"),
        add_account("rulechange"),
        add_account("reopening"),
        migrations.RunPython(TRIGGERS.put_back, TRIGGERS.keep),
    ]
