"""Organisations and their members; shifts, breaks and posts as rows of their own."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def take_apart(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    activity_model = apps.get_model("settlement", "Activity")
    shift_model = apps.get_model("settlement", "Shift")
    break_model = apps.get_model("settlement", "Break")
    for activity in activity_model.objects.all():
        start_ms, end_ms = activity.shift_start_ms, activity.shift_end_ms
        if start_ms is not None and end_ms is not None and start_ms < end_ms:
            shift_model.objects.create(activity=activity, start_ms=start_ms, end_ms=end_ms)
        for from_ms, until_ms in activity.breaks_before:
            if from_ms < until_ms:
                break_model.objects.create(activity=activity, start_ms=from_ms, end_ms=until_ms)


def put_together(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    for activity in apps.get_model("settlement", "Activity").objects.all():
        shifts = list(activity.shifts.order_by("start_ms"))
        if shifts:
            activity.shift_start_ms, activity.shift_end_ms = shifts[0].start_ms, shifts[-1].end_ms
        pairs = activity.breaks.order_by("start_ms").values_list("start_ms", "end_ms")
        activity.breaks_before = [list(pair) for pair in pairs]
        activity.save()


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0002_evidence_never_changes"),
    ]

    operations = [
        migrations.RenameField("activity", "breaks", "breaks_before"),
        migrations.AddField(
            model_name="activity",
            name="content",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddField(
            model_name="activity",
            name="recipients",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("issuer", models.CharField(blank=True, default="", max_length=6)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("issuer", ""), _negated=True),
                        fields=("issuer",),
                        name="one_organisation_per_issuer",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="activity",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="activities",
                to="settlement.organisation",
            ),
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("duty_pm", models.PositiveIntegerField(default=1000)),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="posts",
                        to="settlement.activity",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="assignment",
            name="post",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="settlement.post",
            ),
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start_ms", models.BigIntegerField()),
                ("end_ms", models.BigIntegerField()),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shifts",
                        to="settlement.activity",
                    ),
                ),
            ],
            options={
                "ordering": ("start_ms",),
            },
        ),
        migrations.CreateModel(
            name="Break",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start_ms", models.BigIntegerField()),
                ("end_ms", models.BigIntegerField()),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="breaks",
                        to="settlement.activity",
                    ),
                ),
            ],
            options={
                "ordering": ("start_ms",),
                "constraints": [
                    models.UniqueConstraint(fields=("activity", "start_ms"), name="one_break_at_a_time"),
                    models.CheckConstraint(
                        condition=models.Q(("end_ms__gt", models.F("start_ms"))),
                        name="break_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("joined_ms", models.BigIntegerField()),
                ("left_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="settlement.volunteer",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="settlement.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_ms__isnull", True)),
                        fields=("volunteer", "organisation"),
                        name="member_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_ms__isnull", True),
                            ("left_ms__gte", models.F("joined_ms")),
                            _connector="OR",
                        ),
                        name="left_after_joining",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(fields=("activity", "name"), name="one_post_per_name"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("duty_pm__gte", 1000), ("duty_pm__lte", 2000)), name="duty_within_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.UniqueConstraint(fields=("activity", "start_ms"), name="one_shift_at_a_time"),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_ms__gt", models.F("start_ms"))), name="shift_ends_after_start"
            ),
        ),
        migrations.RunPython(take_apart, put_together),
        migrations.RemoveField("activity", "breaks_before"),
        migrations.RemoveField("activity", "shift_end_ms"),
        migrations.RemoveField("activity", "shift_start_ms"),
    ]
