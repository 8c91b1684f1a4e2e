"""Who is here now is found without a look at all sessions that ever were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0034_credited_stays"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                condition=models.Q(("is_open", True)), fields=["activity", "volunteer"], name="session_open"
            ),
        ),
    ]
