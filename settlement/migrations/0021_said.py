"""When a terminal's greeting was said, beside when it arrived."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def as_it_arrived(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Of greetings that are here already nothing better is known."""
    apps.get_model("settlement", "TerminalStatus").objects.update(
        said_ms=F("hello_ms"), boot_began_ms=F("hello_ms") - F("mono_ms")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0020_listener_beats"),
    ]

    operations = [
        migrations.AddField(
            "terminalstatus", "said_ms", models.BigIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField(
            "terminalstatus", "boot_began_ms", models.BigIntegerField(default=0), preserve_default=False
        ),
        migrations.RunPython(as_it_arrived, migrations.RunPython.noop),
    ]
