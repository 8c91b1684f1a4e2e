"""Who answers for an organisation's records, and what proves that somebody holds a certificate."""

from django.db import migrations, models

from settlement.migrations._append_only import Triggers

TRIGGERS = Triggers()


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0022_accounts"),
    ]

    operations = [
        migrations.RunPython(TRIGGERS.keep, TRIGGERS.put_back),
        migrations.AddField(
            "organisation", "in_charge", models.CharField(blank=True, default="", max_length=40)
        ),
        migrations.AddField("certificate", "token", models.CharField(blank=True, default="", max_length=16)),
        migrations.RunPython(TRIGGERS.put_back, TRIGGERS.keep),
    ]
