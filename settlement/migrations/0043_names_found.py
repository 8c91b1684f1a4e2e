"""Whoever was entered before is found by name, too."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.name_keys import keys_of

_AT_ONCE = 2_000


def fill(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    people = apps.get_model("settlement", "Volunteer").objects.filter(erased_ms=None).order_by("number")
    keys = apps.get_model("settlement", "NameKey")
    after = 0
    while named := list(people.filter(number__gt=after).values_list("number", "display_name")[:_AT_ONCE]):
        keys.objects.bulk_create(
            keys(volunteer_id=number, key=key) for number, name in named for key in sorted(keys_of(name))
        )
        after = named[-1][0]


def empty(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("settlement", "NameKey").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0042_name_keys"),
    ]

    operations = [
        migrations.RunPython(fill, empty),
    ]
