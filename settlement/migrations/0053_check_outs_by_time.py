"""A receipt's code is looked up among the check-outs of a quarter of an hour."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module's docstring."""

    dependencies = [("settlement", "0052_proofs")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("kind", "check_out")), fields=["wall_ms"], name="check_out_by_time"
            ),
        )
    ]
