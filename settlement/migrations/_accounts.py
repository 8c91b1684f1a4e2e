"""The account beside a name in a row: the same field wherever somebody decides."""

import django.db.models.deletion
from django.db import migrations, models


def add_account(model: str, field: str = "account") -> migrations.AddField:
    """Add who acted to the rows of a model; rows of before have a name only."""
    return migrations.AddField(
        model_name=model,
        name=field,
        field=models.ForeignKey(
            blank=True,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="settlement.account",
        ),
    )
