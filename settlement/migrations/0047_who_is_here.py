"""Who is here, who came and has not left, and which shifts run: found without a look at all that ever were."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0046_waiting_entries"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["volunteer", "activity"], name="session_of_person"),
        ),
        migrations.AlterField(
            model_name="session",
            name="volunteer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sessions",
                to="settlement.volunteer",
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                condition=models.Q(("is_open", True)), fields=["activity", "id"], name="session_open_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                condition=models.Q(("out_s__isnull", True)),
                fields=["volunteer", "in_event"],
                name="session_unended",
            ),
        ),
        migrations.AddIndex(
            model_name="shift",
            index=models.Index(fields=["end_ms", "start_ms"], name="shift_by_end"),
        ),
    ]
