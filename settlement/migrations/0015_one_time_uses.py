"""What admits once: beside one-time codes, each tap of a card that signs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0014_unnamed_activities"),
    ]

    operations = [
        migrations.RenameModel("CodeUse", "OneTimeUse"),
        migrations.AddField("OneTimeUse", "counter", models.BigIntegerField(default=-1)),
        migrations.AddIndex("OneTimeUse", models.Index(fields=["ref", "counter"], name="uses_of_one_tap")),
    ]
