"""Who was erased; of such a person the database lets free text and the name vanish, and nothing else change."""

from collections.abc import Mapping

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._append_only import allow_changes, let_texts_vanish, make_append_only

_BLANK = "{new} = ''"
_OF_ERASED = "{new} = 'ERASED'"
_EVIDENCE = "evidence is never changed or deleted"
_LEDGER = "the ledger is never changed or deleted"

TEXTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "settlement_accesschange": (
        "a change of access is never changed or deleted",
        {"reason": _BLANK},
    ),
    "settlement_auditrecord": (
        "a row of the audit is never changed or deleted",
        {"name": _BLANK, "subject": _BLANK, "reason": _BLANK},
    ),
    "settlement_dispute": (_EVIDENCE, {"objection": _BLANK, "raised_by": _BLANK}),
    "settlement_disputeanswer": (_EVIDENCE, {"answer": _BLANK}),
    "settlement_liftedcap": ("who lifted a daily cap is never changed or deleted", {"reason": _BLANK}),
    "settlement_manualdecision": (_EVIDENCE, {"note": _BLANK}),
    "settlement_manualrecord": (_EVIDENCE, {"reason": _BLANK, "reason_code": _OF_ERASED}),
    "settlement_namedactivity": (
        "what somebody said of an event is never changed or deleted",
        {"reason": _BLANK},
    ),
    "settlement_rating": ("a rating is never changed or deleted", {"by": _BLANK, "note": _BLANK}),
    "settlement_reopening": (_LEDGER, {"reason": _BLANK}),
    "settlement_review": (_LEDGER, {"note": _BLANK, "override": _BLANK}),
}
CERTIFICATE = "settlement_certificate"
CERTIFICATE_REFUSAL = "a certificate is never changed or deleted"
_NAMELESS = {
    "sqlite": "(json_extract({new}, '$.name') = '' AND json_extract({new}, '$.identity_number') = ''"
    " AND json_remove({new}, '$.name', '$.identity_number') ="
    " json_remove({old}, '$.name', '$.identity_number'))",
    "postgresql": "({new} ->> 'name' = '' AND {new} ->> 'identity_number' = ''"
    " AND {new} - ARRAY['name', 'identity_number'] = {old} - ARRAY['name', 'identity_number'])",
}
_ONCE = "{old} = ''"


def let_vanish(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table, (refusal, texts) in TEXTS.items():
        let_texts_vanish(schema_editor, table, refusal, texts)
    nameless = {"content": _NAMELESS[schema_editor.connection.vendor], "token": _ONCE}
    let_texts_vanish(schema_editor, CERTIFICATE, CERTIFICATE_REFUSAL, nameless)


def keep_all(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table, (refusal, _texts) in TEXTS.items():
        _seal(schema_editor, table, refusal)
    _seal(schema_editor, CERTIFICATE, CERTIFICATE_REFUSAL)


def _seal(schema_editor: BaseDatabaseSchemaEditor, table: str, refusal: str) -> None:
    allow_changes(schema_editor, table, ("update",))
    make_append_only(schema_editor, table, refusal, ("update",))


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0030_cache"),
    ]

    operations = [
        migrations.AddField(
            model_name="volunteer",
            name="erased_ms",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.RunPython(let_vanish, keep_all),
    ]
