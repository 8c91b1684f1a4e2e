"""What was rejected is found among few, whatever was ever decided."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0050_waiting_by_flag"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("state", "rejected")), fields=["entry"], name="rejected_entries"
            ),
        ),
    ]
