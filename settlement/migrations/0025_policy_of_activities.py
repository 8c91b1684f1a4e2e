"""What an activity fixes otherwise than the centre's rules."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0024_rules_by_date"),
    ]

    operations = [
        # Nullable, so that no database copies the table for it.
        migrations.AddField("activity", "policy", models.JSONField(null=True)),
    ]
