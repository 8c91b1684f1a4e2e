"""Migrations on a database of the test's own: from nothing, with data that was there before, and back."""

import pytest
from django.core.management import call_command

MIGRATE = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

def to(name):
    MigrationExecutor(connection).migrate([("settlement", name)])
    return MigrationExecutor(connection).loader.project_state([("settlement", name)] if name else None).apps
"""
SHIFTS = """
apps = to("0002_evidence_never_changes")
site = apps.get_model("settlement", "Site").objects.create(code="n", name="N", zone="UTC")
activities = apps.get_model("settlement", "Activity").objects
activities.create(
    id="fair", site=site, title="F", shift_start_ms=1000, shift_end_ms=9000, breaks=[[2000, 3000]]
)
activities.create(id="open", site=site, title="O")
apps = to("0003_organisations_and_shifts")
for model in ("Shift", "Break"):
    print(*apps.get_model("settlement", model).objects.values_list("activity", "start_ms", "end_ms"))
activities = to("0002_evidence_never_changes").get_model("settlement", "Activity").objects
print(*activities.order_by("id").values_list("id", "shift_start_ms", "shift_end_ms", "breaks"))
"""
USES = """
apps = to("0014_unnamed_activities")
site = apps.get_model("settlement", "Site").objects.create(code="n", name="N", zone="UTC")
terminal = apps.get_model("settlement", "Terminal").objects.create(
    id="n", site=site, bucket="00", public_key="k", realm="live"
)
chain = apps.get_model("settlement", "Chain").objects.create(terminal=terminal, epoch="e", hash="h")
apps.get_model("settlement", "CodeUse").objects.create(ref="code:1.a", chain=chain, seq=2)
apps = to("0015_one_time_uses")
print(*apps.get_model("settlement", "OneTimeUse").objects.values_list("ref", "counter", "seq"))
apps = to("0014_unnamed_activities")
print(*apps.get_model("settlement", "CodeUse").objects.values_list("ref", "seq"))
"""
RULES = """
from django.db import DatabaseError, transaction
apps = to("0021_said")
versions = apps.get_model("settlement", "RuleVersion").objects
versions.update(first_used_ms=100)
for version, used in ((3, 300), (2, 200)):
    versions.create(version=version, content={}, first_used_ms=used)
site = apps.get_model("settlement", "Site").objects.create(code="n", name="N", zone="UTC")
apps.get_model("settlement", "Activity").objects.create(id="fair", site=site, title="F")
apps.get_model("settlement", "Volunteer").objects.create(number=1, display_name="Mei")
record = dict(volunteer_id=1, activity_id="fair", direction="out", at_ms=1, entered_by="Wei", entered_ms=1)
apps.get_model("settlement", "ManualRecord").objects.create(reason="reader broken", **record)
apps = to("0027_ends_put_down")
print(*apps.get_model("settlement", "RuleChange").objects.values_list("version", "since", "by", "at_ms"))
records = apps.get_model("settlement", "ManualRecord").objects
print(*records.values_list("reason", "reason_code", "stay"))
for table, change in (
    ("RuleChange", {"by": "x"}), ("ManualRecord", {"reason": "x"}), ("LiftedCap", {"by": "x"}),
):
    try:
        with transaction.atomic():
            changed = apps.get_model("settlement", table).objects.update(**change)
        print(table, changed)
    except DatabaseError:
        print(table, "refused")
apps = to("0021_said")
try:
    with transaction.atomic():
        apps.get_model("settlement", "ManualRecord").objects.update(reason="x")
except DatabaseError:
    print("refused as before")
"""
ANSWERS = """
apps = to("0021_said")
model = lambda name: apps.get_model("settlement", name).objects
site = model("Site").create(code="n", name="N", zone="UTC")
activity = model("Activity").create(id="fair", site=site, title="F")
mei = model("Volunteer").create(number=1001, display_name="Mei")
objected = {"volunteer": mei, "activity": activity, "local_date": "2026-03-07", "raised_by": "1001"}
dispute = model("Dispute").create(objection="late", raised_ms=1, **objected)
model("DisputeAnswer").create(dispute=dispute, outcome="upheld", answer="seen", by="Zhao", at_ms=2)
time = {"volunteer": mei, "activity": activity, "direction": "out", "at_ms": 1, "entered_by": "Zhao"}
said = f"Dispute {dispute.pk}: seen"
answer = model("ManualRecord").create(reason=said, entered_ms=2, **time)
for reason, entered_ms in ((said, 3), ("seen", 2)):
    model("ManualRecord").create(reason=reason, entered_ms=entered_ms, **time)
apps = to("0028_decisions_taken_back")
links = apps.get_model("settlement", "DisputeRecord").objects
print(list(links.values_list("record", "dispute")) == [(answer.pk, dispute.pk)])
apps = to("0021_said")
print(model("ManualRecord").count(), model("DisputeAnswer").count())
"""
MERGES = """
from django.db import DatabaseError, transaction
apps = to("0032_merged_numbers")
model = lambda name: apps.get_model("settlement", name).objects
kept, gone = (model("Volunteer").create(number=number, display_name="Mei") for number in (1001, 2001))
account = model("Account").create(login="zhao", real_name="Zhao", person="p", level="super", created_ms=1)
said = {"by": "Zhao", "account": account, "reason": "same card"}
merge = model("MergedNumber").create(kept=kept, gone=gone, at_ms=1, **said)
model("MergeTakenBack").create(merge=merge, at_ms=2, **said)
for name in ("MergedNumber", "MergeTakenBack"):
    for change in (lambda rows: rows.update(reason="x"), lambda rows: rows.all()._raw_delete("default")):
        try:
            with transaction.atomic():
                print(name, change(model(name)))
        except DatabaseError:
            print(name, "refused")
to("0030_cache")
print("settlement_mergednumber" in connection.introspection.table_names())
apps = to("0032_merged_numbers")
print(model("MergedNumber").count(), model("Volunteer").count())
"""
CLICKS = """
from django.db import DatabaseError, transaction

def tried(**changes):
    try:
        with transaction.atomic():
            connection.cursor().execute(
                "UPDATE settlement_auditrecord SET " + ", ".join(f"{name} = %s" for name in changes),
                [*changes.values()],
            )
        print("changed", *changes)
    except DatabaseError:
        print("refused", *changes)

apps = to("0040_webhooks")
apps.get_model("settlement", "AuditRecord").objects.create(
    action="enter", kind="site", subject="n", reason="because", at_ms=1
)
apps = to("0041_audit_request")
print(*apps.get_model("settlement", "AuditRecord").objects.values_list("subject", "request"))
tried(request="x")
tried(action="look")
tried(reason="")
to("0040_webhooks")
tried(action="look")
tried(name="")
"""
BACK_TO_NOTHING = """
to(None)
print([table for table in connection.introspection.table_names() if table.startswith("settlement_")])
"""


@pytest.mark.django_db
def test_the_models_need_no_further_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_migration_can_be_taken_back(own_centre):
    assert own_centre.run(MIGRATE + BACK_TO_NOTHING).splitlines()[-1] == "[]"


def test_merges_are_only_added_to_and_go_with_their_tables(own_centre):
    assert own_centre.run(MIGRATE + MERGES).splitlines()[-6:] == [
        "MergedNumber refused",
        "MergedNumber refused",
        "MergeTakenBack refused",
        "MergeTakenBack refused",
        "False",
        "0 2",
    ]


@pytest.mark.long
def test_what_one_click_did_is_as_sealed_as_the_rest_of_the_audit(own_centre):
    assert own_centre.run(MIGRATE + CLICKS).splitlines()[-6:] == [
        "('n', '')",
        "refused request",
        "refused action",
        "changed reason",
        "refused action",
        "changed name",
    ]


@pytest.mark.long
def test_shifts_and_breaks_become_rows_of_their_own_and_back(own_centre):
    assert own_centre.run(MIGRATE + SHIFTS).splitlines()[-3:] == [
        "('fair', 1000, 9000)",
        "('fair', 2000, 3000)",
        "('fair', 1000, 9000, [[2000, 3000]]) ('open', None, None, [])",
    ]


@pytest.mark.long
def test_uses_of_codes_become_uses_of_what_admits_once_and_back(own_centre):
    assert own_centre.run(MIGRATE + USES).splitlines()[-2:] == ["('code:1.a', -1, 2)", "('code:1.a', 2)"]


@pytest.mark.long
def test_the_version_that_was_used_last_has_held_ever_since_and_records_stay_sealed(own_centre):
    assert own_centre.run(MIGRATE + RULES).splitlines()[-6:] == [
        "(3, None, '', 300)",
        "('reader broken', None, None)",
        "RuleChange refused",
        "ManualRecord refused",
        "LiftedCap 0",
        "refused as before",
    ]


@pytest.mark.long
def test_records_that_answered_an_objection_are_linked_to_it_and_nothing_is_lost(own_centre):
    assert own_centre.run(MIGRATE + ANSWERS).splitlines()[-2:] == ["True", "3 1"]
