"""Accounts of real people, who decided by which, and the audit."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from settlement.migrations._accounts import add_account
from settlement.migrations._append_only import Triggers, allow_changes, make_append_only

TRIGGERS = Triggers()
RECORD, VALUES = "settlement_auditrecord", "settlement_auditvalues"


def seal(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make_append_only(schema_editor, RECORD, "a row of the audit is never changed or deleted")
    make_append_only(schema_editor, VALUES, "the values of the audit are never changed", ("update",))


def unseal(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    allow_changes(schema_editor, VALUES, ("update",))
    allow_changes(schema_editor, RECORD)
    TRIGGERS.keep(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0021_said"),
    ]
    # They refer to accounts, and ask for no more than our first migration.
    run_before = [("account", "0001_initial"), ("mfa", "0001_initial")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, TRIGGERS.put_back),
        migrations.CreateModel(
            name="AuditRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=40)),
                ("action", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=16)),
                ("subject", models.CharField(max_length=120)),
                ("fields", models.JSONField(default=list)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("at_ms", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="site",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sites",
                to="settlement.organisation",
            ),
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("login", models.CharField(max_length=40, unique=True)),
                ("real_name", models.CharField(max_length=40)),
                ("person", models.CharField(max_length=32)),
                ("level", models.CharField(max_length=9)),
                ("roles", models.JSONField(default=list)),
                ("system_user", models.CharField(blank=True, default="", max_length=32)),
                ("created_ms", models.BigIntegerField()),
                ("ended_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="settlement.organisation",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="settlement.volunteer",
                    ),
                ),
            ],
        ),
        add_account("accesschange"),
        add_account("certificate", "issued_account"),
        add_account("dispute", "raised_account"),
        add_account("disputeanswer"),
        add_account("enrolmenttoken"),
        add_account("exchange", "fulfilled_account"),
        add_account("exchange", "reviewed_account"),
        add_account("inspectionvisit", "entered_account"),
        add_account("logalarm", "settled_account"),
        add_account("manualdecision"),
        add_account("manualrecord", "entered_account"),
        add_account("namedactivity"),
        add_account("publicnotice", "published_account"),
        add_account("rating"),
        add_account("review"),
        add_account("staffmember"),
        add_account("starreview", "decided_account"),
        add_account("terminalrequest"),
        add_account("transfer", "ended_account"),
        add_account("transfer", "released_account"),
        add_account("transfer", "requested_account"),
        migrations.CreateModel(
            name="AuditValues",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="values",
                        serialize=False,
                        to="settlement.auditrecord",
                    ),
                ),
                ("volunteer", models.BigIntegerField(blank=True, db_index=True, null=True)),
                ("before", models.JSONField(blank=True, null=True)),
                ("after", models.JSONField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "audit values",
            },
        ),
        migrations.AddField(
            model_name="auditrecord",
            name="account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="settlement.account",
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_ms", models.BigIntegerField()),
                ("ends_ms", models.BigIntegerField()),
                ("used_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="settlement.account",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ("super", "senior", "middle", "ordinary", "volunteer"))),
                name="known_level",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("organisation__isnull", False), ("level", "super"), _connector="OR"),
                name="below_the_highest_level_of_an_organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("system_user", ""), _negated=True), ("ended_ms__isnull", True)),
                fields=("system_user",),
                name="one_account_per_system_user",
            ),
        ),
        migrations.AddIndex(
            model_name="auditrecord",
            index=models.Index(fields=["kind", "subject"], name="audit_of_subject"),
        ),
        migrations.RunPython(seal, unseal),
    ]
