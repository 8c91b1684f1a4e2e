"""Refusals are problems (RFC 9457) by the catalog's code, in the language that was asked for."""

import pytest

from foundation.errors import RulesError
from foundation.languages import LANGUAGES
from foundation.trouble import Trouble
from foundation.words import Words
from settlement.accounts.actor import Level
from settlement.api import people
from settlement.organisations.tree import add_organisation
from settlement.troubles import ApiTrouble, DecisionTrouble
from tests.settlement.actors import actor
from tests.settlement.api.conftest import Program

pytestmark = pytest.mark.django_db

FIELDS = {"type", "title", "status", "detail", "code", "remedy", "errors"}


def problem_of(response, status, code):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told.keys() == FIELDS
    assert (told["status"], told["code"], told["type"]) == (status, code, f"urn:muster:problem:{code}")
    assert all(told[field] for field in FIELDS - {"errors"})
    return told


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-Hans", "zh-Hans"),
        ("zh-CN,en;q=0.5", "zh-Hans"),
        ("ar-SA", "ar"),
        ("fr, ar;q=0.8, en;q=0.9", "en"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
        ("en;q=x, ,;;", "en"),
        (",".join(["fr"] * 500), "en"),
    ],
)
def test_they_speak_the_language_that_is_asked_for(asked, language):
    response = Program(**{"Accept-Language": asked}).get("/sites")
    told = problem_of(response, 401, "NO_TOKEN")
    trouble, words = Trouble.of(ApiTrouble.NO_TOKEN), Words(language)
    assert (told["detail"], told["remedy"]) == (words.what(trouble), words.remedy(trouble))
    assert told["title"] == words.code("api_title", "401")
    assert response["Content-Language"] == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 422, 429, 500])
def test_each_status_has_its_title(status, language):
    assert Words(language).knows(f"api_title-{status}")
    assert str(status) not in Words(language).code("api_title", str(status))


def test_what_is_not_there_is_told(program):
    for path in ("/nowhere", "/", "/sites/", "/review/entries/1/2/3", "/inbox/nonsense", "/%00"):
        problem_of(program.get(path), 404, "NO_OPERATION")
    problem_of(program.post("/nowhere", {}), 404, "NO_OPERATION")
    problem_of(program.get("/review/entries/999"), 404, "no_entry_here")
    problem_of(program.get("/volunteers/999"), 404, "no_volunteer_here")


def test_another_method_is_told_which_there_is(program):
    for method, path, allowed in (
        ("POST", "/sites", "GET"),
        ("DELETE", "/review/entries/1", "GET"),
        ("GET", "/review/approve", "POST"),
        ("POST", "/openapi.json", "GET"),
    ):
        response = program.call(method, path)
        assert allowed in problem_of(response, 405, "OTHER_METHOD")["detail"]
        assert response["Allow"] == allowed


@pytest.mark.parametrize(
    ("path", "body", "places"),
    [
        ("/review/approve", {}, ["body.asked.entries"]),
        ("/review/approve", {"entries": []}, ["body.asked.entries"]),
        ("/review/approve", {"entries": [0]}, ["body.asked.entries.0"]),
        ("/review/approve", {"entries": [2**63]}, ["body.asked.entries.0"]),
        ("/review/approve", {"entries": ["x"], "by": "me"}, ["body.asked.by", "body.asked.entries.0"]),
        ("/review/approve", {"entries": [1] * 501}, ["body.asked.entries"]),
        ("/review/reject", {"entries": [1]}, ["body.asked.note"]),
        ("/review/entries/x/lift-cap", {"note": "n" * 301}, ["body.asked.note", "path.entry"]),
        ("/review/approve", [1], ["body.asked"]),
        ("/review/approve", None, ["body.asked"]),
    ],
)
def test_a_wrong_call_is_told_where(path, body, places, program):
    told = problem_of(program.post(path, body), 422, "WRONG_REQUEST")
    assert sorted({one["where"] for one in told["errors"]}) == places
    assert all(place in told["detail"] for place in places)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "flag=NONE", "kept=some", "day=today", f"person={81 * 'x'}"],
)
def test_a_wrong_parameter_is_told(query, program, everything):
    told = problem_of(program.get(f"/review/activities/fair/entries?{query}"), 422, "WRONG_REQUEST")
    assert [one["where"] for one in told["errors"]] == [f"query.{query.partition('=')[0]}"]


@pytest.mark.parametrize("path", ["/me", "/sites", "/review/activities/fair/entries", "/volunteers"])
def test_a_parameter_that_is_not_known_is_refused_and_not_overlooked(path, program, everything):
    told = problem_of(program.get(f"{path}?persn=1001&who=mei&=x"), 422, "WRONG_REQUEST")
    assert {one["where"] for one in told["errors"]} >= {"query.persn", "query."}
    told = problem_of(program.post("/review/approve?limit=1", {"entries": [1]}), 422, "WRONG_REQUEST")
    assert told["errors"] == [{"where": "query.limit", "what": "unknown"}]


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WyJ4Il0", "Wy0xXQ", "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd", "é", "%00", "bnVsbA"]
)
@pytest.mark.parametrize("path", ["/sites", "/review/activities/fair/entries", "/inbox/stars"])
def test_a_cursor_that_no_list_gave_is_refused(path, cursor, program, everything):
    problem_of(program.get(f"{path}?cursor={cursor}"), 422, "BAD_CURSOR")


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"entries": [NaN]}', b"[" * 100_000, b" " * 3_000_000])
def test_a_body_that_is_no_json_is_told(raw, program):
    given = {"Authorization": f"Bearer {program.secret}"}
    response = program.client.generic(
        "POST", "/api/v1/review/approve", raw, "application/json", secure=True, headers=given
    )
    problem_of(response, 400, "BODY_NOT_JSON")


def test_a_refusal_of_the_service_is_told_with_its_remedy(program, everything):
    told = problem_of(
        program.post("/review/reject", {"entries": [everything["entry"]], "note": " "}), 422, "NO_REASON"
    )
    assert told["remedy"] == Words("en").remedy(Trouble.of(DecisionTrouble.NO_REASON, most=300))
    told = problem_of(
        program.post(f"/review/entries/{everything['entry']}/credit-long-stay", {"note": "x"}),
        409,
        "NOT_LONG",
    )
    assert told["title"] == "Refused"


def test_whoever_may_not_is_told_by_name(program_of, everything, ended_fair):
    ended_fair.organisation = add_organisation("City")
    ended_fair.save()
    program = program_of(actor("Sun", Level.ORDINARY, ended_fair.organisation.path))
    response = program.post("/review/approve", {"entries": [everything["entry"]]})
    assert "Sun" in problem_of(response, 403, "NOT_ALLOWED")["detail"]


def test_what_fails_is_told_without_its_cause_and_logged(program, everything, monkeypatch):
    def broken(*_given, **_more):
        raise ZeroDivisionError("of Mei")

    monkeypatch.setattr(people, "find_volunteers", broken)
    from structlog.testing import capture_logs

    with capture_logs() as logs:
        response = program.get("/volunteers?who=mei")
    problem_of(response, 500, "CALL_FAILED")
    assert "Mei" not in response.content.decode()
    assert [log["event"] for log in logs] == ["api_call_failed"]


def test_a_code_that_nobody_thought_of_is_a_refusal(program, everything, monkeypatch):
    def refuses(*_given, **_more):
        raise RulesError(DecisionTrouble.TREE_FULL)

    monkeypatch.setattr(people, "find_volunteers", refuses)
    problem_of(program.get("/volunteers?who=mei"), 409, "TREE_FULL")
