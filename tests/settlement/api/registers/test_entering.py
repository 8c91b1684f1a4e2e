"""Organisations, sites, orders, settings and files of reports: by the pages' services, and no further."""

import threading

import pytest
from msgspec.structs import replace

from settlement.accounts.actor import Level
from settlement.accounts.api_tokens import Scope
from settlement.accounts.audit import Kind, records_of
from settlement.models import GivenSettings, Organisation, ReportFile, Site, TerminalOrder
from settlement.organisations.tree import add_organisation
from settlement.reports.making import make_next
from tests.settlement.actors import actor
from tests.settlement.api.conftest import SITE, WHY, Program, named

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(site):
    """A city with a district that runs the site, beside another one."""
    city = add_organisation("City")
    site.organisation = add_organisation("District", parent=city)
    site.save()
    add_organisation("Other city")
    return city


@pytest.fixture
def inside(program_of, city):
    return program_of(actor("Wu", Level.SENIOR, city.path))


def refused(response):
    return response.status_code, response.json()["code"]


def test_an_organisation_is_entered_once_corrected_moved_and_ended(inside, city):
    key = {"Idempotency-Key": "team"}
    body = {"under": city.path, "name": "Team", "issuer": "310116", **WHY}
    first = inside.post("/organisations", body, **key).json()
    assert inside.post("/organisations", body, **key).json() == first
    assert (first["path"], first["name"], first["depth"], first["holds"]) == (
        f"{city.path}0002",
        "Team",
        2,
        {},
    )
    team = f"/organisations/{first['path']}"
    assert refused(inside.post("/organisations", body)) == (409, "ISSUER_TAKEN")
    assert inside.post(team, {"name": "Crew", "in_charge": "Li", **WHY}).json()["issuer"] == ""
    assert refused(inside.post(team, {"name": "Crew"})) == (422, "WRONG_REQUEST")
    assert refused(inside.post(f"{team}/move", {"under": "0002", **WHY})) == (404, "UNKNOWN_ORGANISATION")
    assert refused(inside.post(f"{team}/move", {"under": "", **WHY})) == (403, "OUT_OF_REACH")
    moved = inside.post(f"{team}/move", {"under": f"{city.path}0001", **WHY}).json()["path"]
    assert moved == f"{city.path}00010001"
    told = inside.get(f"/organisations/{city.path}0001").json()
    assert told["holds"] == {"branches": 1, "sites": 1}
    assert refused(inside.post(f"/organisations/{city.path}0001/end", WHY)) == (409, "ORGANISATION_HOLDS")
    assert inside.post(f"/organisations/{moved}/end", WHY).json() == {"path": moved}
    assert [row.reason for row in records_of(Kind.ORGANISATION, moved)] == ["it is so", "it is so"]
    names = [one["name"] for one in inside.get("/organisations").json()["items"]]
    assert names == ["City", "District"]


def test_organisations_come_page_by_page(inside, city):
    for number in range(60):
        add_organisation(f"Team {number}", parent=city)
    first = inside.get("/organisations").json()
    second = inside.get(f"/organisations?cursor={first['next']}").json()
    paths = [one["path"] for one in first["items"] + second["items"]]
    assert (len(paths), paths, second["next"]) == (62, sorted(set(paths)), None)
    assert len(inside.get("/organisations?text=team+7").json()["items"]) == 1


def test_a_site_stays_within_the_own_reach(inside, city):
    body = named(SITE, {"branch": city.path})
    told = inside.post("/sites/south/enter", body).json()
    assert (told["code"], told["organisation"], told["holds"]) == ("south", city.path, {})
    assert refused(inside.post("/sites/south/enter", body)) == (409, "SITE_CODE_TAKEN")
    assert refused(inside.post("/sites/south", body | {"organisation": "0002"})) == (
        404,
        "UNKNOWN_ORGANISATION",
    )
    assert refused(inside.post("/sites/south", body | {"organisation": ""})) == (403, "OUT_OF_REACH")
    assert refused(inside.post("/sites/south", body | {"zone": "Nowhere"})) == (422, "UNKNOWN_ZONE")
    assert Site.objects.get(code="south").organisation == city
    assert inside.post("/sites/south", body | {"name": "Door"}).json()["name"] == "Door"
    assert inside.get("/sites/south").json()["name"] == "Door"


def test_an_order_waits_for_its_answer(inside, city, terminal, noon_ms):
    address = "/terminals/north-gate/orders"
    told = inside.post(address, {"task": "out_of_order", "argument": "wet"}).json()
    assert (told["task"], told["argument"], told["by"], told["result"]) == ("out_of_order", "wet", "Wu", "")
    assert refused(inside.post(address, {"task": "out_of_order"})) == (422, "order_without_argument")
    TerminalOrder.objects.update(sent_ms=1, done_ms=2, came_ms=3, result="done")
    (answered,) = inside.get(address).json()["items"]
    assert (answered["id"], answered["result"], answered["came_ms"]) == (told["id"], "done", 3)
    for _ in range(10):
        inside.post(address, {"task": "send_state"})
    assert refused(inside.post(address, {"task": "send_state"})) == (409, "orders_wait")


def test_settings_are_given_as_planned_or_not_at_all(inside, city, terminal):
    wanted = {"terminals": ["north-gate"], "values": {"result_shown_s": 7}}
    plan = inside.post("/group-settings/plan", wanted).json()
    changes = [{"key": "result_shown_s", "before": None, "after": 7}]
    assert plan["items"] == [{"terminal": "north-gate", "changes": changes}]
    assert GivenSettings.objects.count() == 0
    give = wanted | {"seen": plan["digest"], "reason": "people read slowly"}
    assert refused(inside.post("/group-settings/give", give | {"values": {"result_shown_s": 8}})) == (
        409, "settings_moved",
    )  # fmt: skip
    assert inside.post("/group-settings/give", give).json() == {"terminals": ["north-gate"]}
    (member,) = inside.get("/group-settings?site=north").json()["items"]
    assert (member["values"], member["given"], member["confirmed"]) == ({"result_shown_s": 7}, 1, "waiting")
    assert records_of(Kind.SETTINGS, "north-gate").get().reason == "people read slowly"
    for wrong in ({"result_shown_s": 700}, {"no_such": 1}):
        asked = inside.post("/group-settings/plan", wanted | {"values": wrong})
        assert refused(asked) == (422, "settings_refused")
    assert inside.get("/group-settings?site=south").json()["items"] == []


def test_a_file_is_made_taken_and_cancelled_by_who_asked_alone(
    inside, program_of, city, mei, settings, tmp_path
):
    settings.CENTRE = replace(settings.CENTRE, directory=str(tmp_path))
    number = inside.post("/report-files", {"kind": "lapsed"}).json()["number"]
    file = f"/report-files/{number}"
    assert inside.get(file).json()["state"] == "waiting"
    assert refused(inside.get(f"{file}/content")) == (404, "UNKNOWN_REPORT_FILE")
    assert make_next(threading.Event())
    assert (inside.get(file).json()["state"], len(inside.get("/report-files").json()["items"])) == ("done", 1)
    taken = inside.get(f"{file}/content")
    assert (taken.status_code, taken["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert b"".join(taken.streaming_content)
    other = program_of(actor("Li", Level.SENIOR, city.path))
    for method, address in (("GET", file), ("GET", f"{file}/content"), ("POST", f"{file}/cancel")):
        assert refused(other.call(method, address)) == (404, "UNKNOWN_REPORT_FILE")
        assert Program().call(method, address).status_code == 401
        reader = program_of(actor("Wu", Level.SENIOR, city.path), {Scope.READ})
        assert refused(reader.call(method, address)) == (403, "TOKEN_WITHOUT_SCOPE")
    assert other.get("/report-files").json()["items"] == []
    assert refused(inside.post("/report-files", {"kind": "lapsed", "organisation": "0002"}))[0] == 404
    assert refused(inside.post("/report-files", {"kind": "none"})) == (422, "WRONG_REQUEST")
    assert inside.post(f"{file}/cancel", None).json()["state"] == "cancelled"
    assert refused(inside.get(f"{file}/content")) == (404, "UNKNOWN_REPORT_FILE")
    assert ReportFile.objects.count() == 1
    assert Organisation.objects.count() == 3
