"""The tree over settled hours: its leaves, the hashes above them, and signed heads. Append-only."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, let_texts_vanish, make_append_only

REFUSAL = "the tree of proofs is never changed or deleted"
LEAVES = "settlement_proofleaf"
TABLES = (LEAVES, "settlement_proofnode", "settlement_proofcheckpoint")


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        make_append_only(schema_editor, table, REFUSAL)
    let_texts_vanish(schema_editor, LEAVES, REFUSAL, {"salt": "length({new}) = 0"})


def unseal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES:
        allow_changes(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0051_rejected_reviews"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProofCheckpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("note", models.TextField()),
                ("made_ms", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ProofNode",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="ProofLeaf",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("subject", models.CharField(max_length=25)),
                ("salt", models.BinaryField(max_length=16)),
                ("seals", models.BinaryField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "verbose_name_plural": "proof leaves",
                "constraints": [models.UniqueConstraint(fields=("kind", "subject"), name="one_leaf_per_row")],
            },
        ),
        migrations.RunPython(seal, unseal, elidable=False),
    ]
