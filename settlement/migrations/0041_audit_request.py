"""What one click changed bears one id in the audit."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import (
    Triggers,
    allow_changes,
    let_texts_vanish,
    make_append_only,
)

TABLE = "settlement_auditrecord"
REFUSAL = "a row of the audit is never changed or deleted"
BLANK = "{new} = ''"
TRIGGERS = Triggers()


def let_vanish(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """As before, with the columns that there are now."""
    let_texts_vanish(schema_editor, TABLE, REFUSAL, {"name": BLANK, "subject": BLANK, "reason": BLANK})


def keep_all(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A trigger that names no column lets one go."""
    allow_changes(schema_editor, TABLE, ("update",))
    make_append_only(schema_editor, TABLE, REFUSAL, ("update",))


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0040_webhooks"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, let_vanish),
        migrations.RunPython(migrations.RunPython.noop, TRIGGERS.put_back),
        migrations.RunPython(TRIGGERS.keep, migrations.RunPython.noop),
        migrations.AddField(
            model_name="auditrecord",
            name="request",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddIndex(
            model_name="auditrecord",
            index=models.Index(
                condition=models.Q(("request", ""), _negated=True),
                fields=["request"],
                name="audit_of_request",
            ),
        ),
        migrations.RunPython(TRIGGERS.put_back, TRIGGERS.keep),
        migrations.RunPython(let_vanish, keep_all),
    ]
