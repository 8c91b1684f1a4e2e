"""Why a manual record exists where no person wrote a reason: a code; and whose end the centre put down."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0026_lifted_caps"),
    ]

    # Nullable columns and an index of its own: no database copies the table, which would lose its triggers.
    operations = [
        migrations.AddField("manualrecord", "reason_code", models.CharField(max_length=30, null=True)),
        migrations.AddField("manualrecord", "stay", models.CharField(max_length=90, null=True)),
        migrations.AddConstraint(
            "manualrecord",
            models.UniqueConstraint(
                fields=("volunteer", "stay", "at_ms"),
                condition=models.Q(stay__isnull=False),
                name="one_end_put_down",
            ),
        ),
    ]
