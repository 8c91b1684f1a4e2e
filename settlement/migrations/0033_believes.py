"""Which key of the centre a terminal takes the word of, as its greeting says."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0032_merged_numbers"),
    ]

    operations = [
        migrations.AddField(
            model_name="terminalstatus",
            name="believes",
            field=models.CharField(blank=True, default="", max_length=16),
        ),
    ]
