"""Lists, exports and what is written down: as the pages have them, by right and within reach."""

import csv
import io
import json

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from settlement.accounts.actor import Level
from settlement.accounts.api_tokens import Scope
from settlement.models import (
    Activity,
    AuditRecord,
    Dispute,
    ManualRecord,
    Membership,
    PublicNotice,
    Terminal,
    Transfer,
)
from settlement.organisations.tree import add_organisation
from settlement.reports.table import Column, Table
from tests.settlement.actors import actor
from tests.settlement.api.conftest import OBJECTION, TIME

pytestmark = pytest.mark.django_db


@pytest.fixture
def other():
    return add_organisation("Other city")


@pytest.fixture
def far(program_of, other):
    """A program of another city's senior account, which reaches nothing of the fair."""
    return program_of(actor("Chen", Level.SENIOR, other.path))


def whole(response):
    return b"".join(response.streaming_content)


def test_terminals_with_their_health(program, far, everything):
    (one,) = program.get("/terminals").json()["items"]
    assert (one["id"], one["site"], one["unsent"], one["revoked_ms"]) == ("north-gate", "north", 0, None)
    assert one["heard_ms"] is not None
    assert program.get("/terminals?text=south").json()["items"] == []
    assert program.get("/terminals?kept=revoked").json()["items"] == []
    assert far.get("/terminals").json()["items"] == []


def test_activities_with_their_phase(program, far, everything):
    (one,) = program.get("/activities").json()["items"]
    assert (one["id"], one["site"], one["phase"]) == ("fair", "North gate", "ended")
    assert program.get("/activities?phase=executing").json()["items"] == []
    assert len(program.get("/activities?site=north&text=LANTERN").json()["items"]) == 1
    assert program.get("/activities?site=%00").status_code == 200
    assert far.get("/activities").json()["items"] == []


@pytest.mark.parametrize("path", ["/terminals", "/activities"])
def test_a_list_goes_on_by_its_cursor_at_the_same_cost(path, program, site):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert program.get(path).status_code == 200
        return len(seen)

    few = queries()
    for number in range(55):
        Terminal.objects.create(
            id=f"t{number:02d}", site=site, bucket="00", public_key=f"{number:064x}", realm="live"
        )
        Activity.objects.create(id=f"a{number:02d}", site=site, title="A")
    assert queries() == few
    first = program.get(path).json()
    second = program.get(f"{path}?cursor={first['next']}").json()
    ids = [one["id"] for one in first["items"] + second["items"]]
    assert len(ids) == len(set(ids)) == 55
    assert second["next"] is None


def test_accounts_are_for_who_may_change_them_and_noted(program, program_of, far, other):
    actor("Li", Level.ORDINARY, other.path)
    assert [one["login"] for one in far.get("/accounts").json()["items"]] == ["chen", "li"]
    assert {"zhao", "chen", "li"} <= {one["login"] for one in program.get("/accounts").json()["items"]}
    assert program.get("/accounts?text=chEN").json()["items"][0]["level"] == "senior"
    assert AuditRecord.objects.filter(action="look", kind="account", subject="accounts").count() == 2
    below = program_of(actor("Li", Level.ORDINARY, other.path))
    assert below.get("/accounts").status_code == 403


def test_the_audit_is_for_who_may_read_it_and_tells_one_call_as_one(program, program_of, far, other, mei):
    program.post("/objections", OBJECTION | {"activity": "none"})
    program.get("/volunteers/1001")
    look = AuditRecord.objects.get(kind="volunteer", action="look")
    assert look.request
    told = program.get(f"/audit?click={look.request}").json()["items"]
    assert [(one["number"], one["subject"], one["login"]) for one in told] == [(look.pk, "1001", "zhao")]
    assert program.get("/audit?kind=volunteer&action=look&login=zhao").json()["items"] == told
    assert program.get(f"/audit?from_ms={look.at_ms + 1}&kind=volunteer").json()["items"] == []
    assert "zhao" not in {one["login"] for one in far.get("/audit").json()["items"]}
    middle = program_of(actor("Sun", Level.MIDDLE, other.path))
    assert middle.get("/audit").json()["code"] == "NOT_ALLOWED"


def test_notices_and_moves(program, far, mei, other):
    city = add_organisation("City")
    table = Table("Notice", (Column("name", "Name"),), (("M**",),))
    PublicNotice.objects.create(
        year=2025, content=msgspec.to_builtins(table), published_by="Wu", published_ms=5
    )
    (notice,) = program.get("/notices").json()["items"]
    assert (notice["title"], notice["columns"], notice["rows"]) == ("Notice", ["name"], [["M**"]])
    Transfer.objects.create(
        volunteer=mei, origin=city, destination=city, state="requested", requested_by="Wu", requested_ms=5
    )
    (move,) = program.get("/transfers").json()["items"]
    assert (move["volunteer"], move["origin"], move["state"], move["has_letter"]) == (
        1001, city.path, "requested", False
    )  # fmt: skip
    assert far.get("/transfers").json()["items"] == []


def test_a_time_and_an_objection_are_taken_down_once_and_wait(program, far, everything):
    before = ManualRecord.objects.count()
    key = {"Idempotency-Key": "one"}
    first = program.post("/manual-records", TIME, **key)
    assert first.status_code == 200
    assert program.post("/manual-records", TIME, **key).json() == first.json()
    assert ManualRecord.objects.count() == before + 1
    row = ManualRecord.objects.get(pk=first.json()["number"])
    assert (row.volunteer_id, row.direction, row.entered_by) == (1001, "in", "Zhao")
    raised = program.post("/objections", OBJECTION).json()["number"]
    assert Dispute.objects.get(pk=raised).objection == OBJECTION["objection"]
    assert program.post("/objections", OBJECTION).json()["code"] == "DISPUTE_OPEN"
    assert program.post("/manual-records", TIME | {"reason": " "}).json()["code"] == "MANUAL_NO_REASON"
    for path, body in (("/manual-records", TIME), ("/objections", OBJECTION)):
        assert far.post(path, body).status_code == 404
        assert program.post(path, body | {"volunteer": 4040}).status_code == 404


@pytest.mark.parametrize("path", ["/exports/lines?year=2026", "/exports/records?"])
def test_exports_are_files_of_the_orders_fields_and_noted(path, program, far, mei, credit, city):
    credit(mei, 7200)
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)
    answer = program.get(path)
    assert answer["Content-Type"] == "application/json"
    (row,) = json.loads(whole(answer))["rows"]
    assert (row["姓名"], row["志愿者编号"], row["服务时长"]) == ("Mei", 1001, "2.00")
    rows = list(csv.reader(io.StringIO(whole(program.get(f"{path}&form=csv")).decode("utf-8-sig"))))
    assert rows[0][:2] == ["姓名", "志愿者编号"]
    assert whole(program.get(f"{path}&form=xlsx")).startswith(b"PK")
    assert AuditRecord.objects.filter(action="export", reason__startswith="API: ").count() == 3
    assert json.loads(whole(far.get(path)))["rows"] == []
    for strange in (city.path, "0009", "x", "%00"):
        assert far.get(f"{path}&organisation={strange}").status_code == 404
    assert program.get(f"{path}&form=pdf").status_code == 422


def test_without_the_scope_nothing_of_it_is_told(program_of, everything):
    reader = program_of(scopes={Scope.READ})
    for path in ("/accounts", "/audit", "/transfers", "/exports/records"):
        assert reader.get(path).json()["code"] == "TOKEN_WITHOUT_SCOPE"
    assert reader.post("/manual-records", TIME).json()["code"] == "TOKEN_WITHOUT_SCOPE"
