"""Check-ins and check-outs that a reviewer said to be one stay, longer than a stay may last; never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, let_texts_vanish, make_append_only

TABLE = "settlement_creditedstay"
REFUSAL = "who credited a long stay is never changed or deleted"


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make_append_only(schema_editor, TABLE, REFUSAL)
    let_texts_vanish(schema_editor, TABLE, REFUSAL, {"reason": "{new} = ''"})


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    allow_changes(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0033_believes"),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditedStay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("came", models.CharField(db_index=True, max_length=90)),
                ("left", models.CharField(max_length=90)),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=40)),
                ("at_ms", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credited_stays",
                        to="settlement.ledgerentry",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credited_stays",
                        to="settlement.volunteer",
                    ),
                ),
            ],
        ),
        migrations.RunPython(seal, unseal),
    ]
