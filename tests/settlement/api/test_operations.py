"""What the operations tell and do: the same as the pages, page by page, at a cost that does not grow."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from settlement.accounts.api_tokens import Scope
from settlement.models import (
    Assignment,
    Event,
    LedgerEntry,
    LiftedCap,
    ManualRecord,
    Membership,
    Site,
    StarReview,
    Volunteer,
)
from settlement.name_search import keep_name_keys
from settlement.people_settings import AccountSettings, SecondFactorFrom
from settlement.volunteers import search
from tests.settlement.actors import actor
from tests.settlement.api.conftest import OPERATIONS, filled

pytestmark = pytest.mark.django_db


def every_page(program, path):
    """All items of a list, two at a time, and how many pages there were."""
    found, cursor, pages = [], "", 0
    joined = "&" if "?" in path else "?"
    while cursor is not None:
        told = program.get(f"{path}{joined}limit=2&cursor={cursor}").json()
        assert len(told["items"]) <= 2
        found += told["items"]
        cursor, pages = told["next"], pages + 1
    return found, pages


def test_sites_come_with_those_in_trouble_first_and_page_by_page(program, everything, hear, noon_ms):
    for number in range(4):
        Site.objects.create(code=f"s{number}", name="Same name", zone="UTC")
    sites, pages = every_page(program, "/sites")
    assert [one["code"] for one in sites] == ["north", "s0", "s1", "s2", "s3"]
    assert pages == 3
    assert sites[0]["waiting"] == 2
    same = program.get("/sites?site=SAME").json()["items"]
    assert [one["code"] for one in same] == ["s0", "s1", "s2", "s3"]
    assert program.get("/sites?site=S3").json()["items"][0]["name"] == "Same name"


def test_a_site_that_comes_between_two_pages_hides_no_other(program, everything):
    for number in range(4):
        Site.objects.create(code=f"s{number}", name="Same name", zone="UTC")
    first = program.get("/sites?limit=3").json()
    Site.objects.create(code="a", name="A", zone="UTC")
    second = program.get(f"/sites?limit=3&cursor={first['next']}").json()
    assert [one["code"] for one in second["items"]] == ["s2", "s3"]


def test_who_is_missing_is_named(program, fair, wei, mei, api_at, noon_ms):
    for person in (mei, wei):
        Assignment.objects.create(activity=fair, volunteer=person)
    api_at(noon_ms)
    people, pages = every_page(program, "/sites/north/missing")
    assert [(one["volunteer"], one["name"], one["activity"]) for one in people] == [
        (1001, "Mei", "Lantern fair"),
        (1002, "Wei", "Lantern fair"),
    ]
    assert pages == 1
    assert people[0]["start_ms"] == noon_ms - 3 * 3_600_000
    assert len(program.get("/sites/north/missing?limit=1").json()["items"]) == 1


def test_activities_that_wait_are_counted(program, everything):
    assert program.get("/review/activities").json() == {
        "items": [
            {
                "id": "fair",
                "title": "Lantern fair",
                "site": "North gate",
                "waiting": 2,
                "clean": 1,
                "oldest": "2026-03-07",
            }
        ],
        "next": None,
    }


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ("", [1001, 1002]),
        ("kept=clean", [1001]),
        ("kept=doubtful", [1002]),
        ("flag=MISSING_OUT", [1002]),
        ("person=1001", [1001]),
        ("site=north&terminal=north-gate&method=badge&late=false&waited=0", [1001, 1002]),
        ("method=card", []),
        ("organisation=01", []),
        ("late=true", []),
        ("person=WE", [1002]),
        ("person=%00", [1001, 1002]),
        ("day=2026-03-07", [1001, 1002]),
        ("day=2026-03-08", []),
    ],
)
def test_what_waits_is_found_by_filter(query, people, program, everything):
    items = program.get(f"/review/activities/fair/entries?{query}").json()["items"]
    assert [one["volunteer"] for one in items] == people


def test_a_doubtful_entry_tells_its_flags_in_words(program, everything):
    (entry,) = program.get("/review/activities/fair/entries?kept=doubtful").json()["items"]
    assert (entry["entry"], entry["name"], entry["seconds"]) == (everything["doubtful"], "Wei", 0)
    assert [(one["code"], one["blocking"]) for one in entry["flags"]] == [("MISSING_OUT", True)]
    assert "check-out" in entry["flags"][0]["text"]
    assert entry["due"] == "2026-03-20"


def test_entries_come_page_by_page(program, everything, serve):
    for number in range(2001, 2004):
        Volunteer.objects.create(number=number, display_name=f"Person {number}")
        serve(number=number)
    for path in ("/review/activities/fair/entries", "/review/entries"):
        entries, pages = every_page(program, path)
        assert [one["volunteer"] for one in entries] == [1001, 1002, 2001, 2002, 2003]
        assert pages == 3


def test_who_is_late_is_told_by_organisation(program, everything, api_at, evening_ms):
    api_at(evening_ms + 14 * 86_400_000)
    assert program.get("/review/late").json()["items"] == [
        {"path": "", "name": "", "entries": 2, "oldest": "2026-03-20", "activities": 1}
    ]
    assert len(program.get("/review/entries?late=true").json()["items"]) == 2


def test_a_line_is_told_with_its_evidence_and_the_rules(program, everything):
    told = program.get(f"/review/entries/{everything['entry']}").json()
    (line,) = told["explanations"]
    (stay,) = line["sessions"]
    assert (line["volunteer"], line["state"]) == (1001, "pending")
    assert (line["t_s"], line["waiting_s"]) == (28_800, 28_800)
    assert re.fullmatch("[^/]+/[^/]+/[0-9]+", stay["came"]["source"])
    assert stay["steps"][0]["code"] == "presence"
    assert told["waits"]["entry"] == everything["entry"]
    assert told["sentences"][0]["depth"] == 0
    assert any(one["depth"] == 2 for one in told["sentences"])
    assert (told["is_long"], told["is_capped"]) == (False, False)


def test_the_evidence_of_a_line_is_told_as_it_was_written(program, everything):
    (line,) = program.get(f"/review/entries/{everything['entry']}").json()["explanations"]
    source = line["sessions"][0]["came"]["source"]
    event = program.get(f"/evidence/{source}").json()
    assert "/".join((event["terminal"], event["epoch"], str(event["seq"]))) == source
    assert (event["volunteer"], event["status"], event["site"]) == (1001, "stored", "north")
    kept = Event.objects.get(chain__epoch=event["epoch"], seq=event["seq"])
    assert (event["raw"].encode(), event["hash"]) == (bytes(kept.raw), bytes(kept.hash).hex())
    assert event["time"]["corrected_ms"] == line["sessions"][0]["in_s"] * 1000
    assert program.get(f"/evidence/{source}9").status_code == 404
    assert program.get("/evidence/%00/%00/1").status_code == 404


def test_a_time_entered_by_hand_is_told_with_who_confirmed_it(program, everything, noon_ms):
    path = f"/evidence/manual/{everything['record']}"
    told = program.get(path).json()
    assert (told["volunteer"], told["activity"], told["direction"]) == (1001, "fair", "out")
    assert (told["at_ms"], told["reason"], told["entered_by"]) == (noon_ms, "the reader broke", "Sun")
    assert told["decision"] is None
    program.post(f"/inbox/times/{everything['record']}/confirm", {})
    assert program.get(path).json()["decision"]["by"] == "Zhao"


def test_what_is_decided_waits_no_more(program, everything):
    program.post("/review/approve", {"entries": [everything["entry"]], "note": "seen"})
    told = program.get(f"/review/entries/{everything['entry']}").json()
    assert told["waits"] is None
    assert told["explanations"][0]["entries"][0]["review"]["note"] == "seen"


def test_clean_ones_are_counted_and_approved_together(program, everything, entries):
    assert program.get("/review/activities/fair/clean").json() == {
        "entries": 1, "seconds": 28_800, "people": 1,
    }  # fmt: skip
    told = program.post("/review/activities/fair/approve-clean", {"note": "checked"}).json()
    assert told["decided"] == [everything["entry"]]
    assert [(one["entry"], one["code"]) for one in told["refused"]] == [
        (everything["doubtful"], "BLOCKING_FLAG")
    ]
    assert LedgerEntry.objects.get(volunteer=1001).review.by == "Zhao"


def test_a_rejection_names_who_and_why(program, everything):
    program.post("/review/reject", {"entries": [everything["doubtful"]], "note": "was not there"})
    review = LedgerEntry.objects.get(pk=everything["doubtful"]).review
    assert (review.state, review.by, review.note) == ("rejected", "Zhao", "was not there")


def test_nobody_decides_on_the_own_hours_by_a_program_either(program_of, everything):
    who = actor("1001")
    told = program_of(who).post("/review/approve", {"entries": [everything["entry"]]}).json()
    assert told["refused"][0]["code"] == "SELF_REVIEW"


def test_one_entry_beyond_reach_lets_none_be_decided(program, everything):
    told = program.post("/review/approve", {"entries": [everything["entry"], 999]})
    assert (told.status_code, told.json()["code"]) == (404, "no_entry_here")
    assert not LedgerEntry.objects.exclude(review=None).exists()


def test_a_long_stay_is_credited(program, mei, fair, serve, noon_ms, now):
    fair.shifts.all().delete()
    fair.phases.update(from_ms=noon_ms - 200 * 3_600_000)
    serve(-22, 4)
    entry = LedgerEntry.objects.order_by("local_date").first().pk
    assert program.get(f"/review/entries/{entry}").json()["is_long"]
    asked = {"note": "on duty, says the leader", "override": "the gate's log is complete"}
    done = program.post(f"/review/entries/{entry}/credit-long-stay", asked)
    assert done.json() == {"approved_s": 16 * 3600}


def test_a_cap_is_lifted(program, mei, ended_fair, serve, now):
    ended_fair.shifts.all().delete()
    serve(-4, 5.9)
    (row,) = LedgerEntry.objects.all()
    assert program.get(f"/review/entries/{row.pk}").json()["is_capped"]
    done = program.post(f"/review/entries/{row.pk}/lift-cap", {"note": "the flood"})
    assert done.json() == {"dates": ["2026-03-07"]}
    assert LiftedCap.objects.get().reason == "the flood"


def test_the_inbox_counts_tells_and_takes_decisions(program, everything):
    kinds = {one["kind"]: one for one in program.get("/inbox").json()["items"]}
    assert kinds["stars"]["waiting"] == 1
    assert [one["act"] for one in kinds["stars"]["acts"]] == ["withdraw", "keep"]
    (item,) = program.get("/inbox/stars").json()["items"]
    assert (item["number"], item["name"]) == (everything["stars"], "Mei")
    assert "2 stars" in item["told"][0]
    for act in ("confirm", "nonsense"):
        assert program.post(f"/inbox/stars/{everything['stars']}/{act}", {"note": "x"}).status_code == 404
    assert program.post(f"/inbox/stars/{everything['stars']}/withdraw", {}).json()["code"] == "NO_REASON"
    done = program.post(f"/inbox/stars/{everything['stars']}/withdraw", {"note": "far too few"})
    assert done.json() == {"kind": "stars", "number": everything["stars"], "act": "withdraw"}
    assert StarReview.objects.get().withdrawn is True
    assert program.get("/inbox/stars").json()["items"] == []


def test_what_waits_in_the_inbox_comes_page_by_page(program, everything, ended_fair, mei, noon_ms):
    for hour in range(5):
        ManualRecord.objects.create(
            volunteer=mei, activity=ended_fair, direction="in", at_ms=noon_ms + hour, reason="x",
            entered_by="Sun", entered_ms=noon_ms - hour,
        )  # fmt: skip
    items, pages = every_page(program, "/inbox/times")
    entered = ManualRecord.objects.order_by("pk").values_list("pk", flat=True)
    assert [one["number"] for one in items] == [*entered]
    assert pages == 3


def test_volunteers_are_found_page_by_page(program, everything, monkeypatch):
    for number in range(10_010, 10_015):
        Volunteer.objects.create(number=number, display_name="Mei Mei")
    keep_name_keys(Volunteer.objects.all())
    monkeypatch.setattr(search, "MOST_FOUND", 2)
    found, cursor = [], ""
    while cursor is not None:
        told = program.get(f"/volunteers?who=mei&cursor={cursor}").json()
        found += [one["number"] for one in told["items"]]
        cursor = told["next"]
    assert found == [1001, *range(10_010, 10_015)]
    assert program.get("/volunteers?who=").status_code == 422


def test_a_file_tells_lines_hours_and_memberships(program, everything, city, mei):
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=5)
    program.post("/review/approve", {"entries": [everything["entry"]]})
    told = program.get("/volunteers/1001").json()
    assert (told["number"], told["name"], told["suspended"]) == (1001, "Mei", False)
    assert told["memberships"] == [{"path": city.path, "name": city.name, "joined_ms": 5, "left_ms": None}]
    assert (told["record"]["total_s"], told["record"]["hours"]) == (28_800, "8.00")
    (line,) = told["record"]["lines"]
    assert (line["local_date"], line["state"], line["approved_s"]) == ("2026-03-07", "approved", 28_800)
    assert line["stays"][0]["left_s"] - line["stays"][0]["came_s"] == 28_800


def test_the_answers_speak_the_callers_language(program_of, everything):
    told = program_of(**{"Accept-Language": "zh-CN"}).get("/inbox").json()
    assert told["items"][0]["acts"][0]["text"] == "确认"


MOST = {
    "POST /review/activities/fair/approve-clean": 14,
    "POST /review/approve": 13,
    "GET /volunteers/1001": 25,
}
"""What their services take beyond twelve; three are the token's: who it is, the count, a look on record."""


@pytest.fixture
def second_factor_wanted(settings, everything):
    """As a centre is by default: each call also asks whether the second factor is there."""
    from allauth.mfa.models import Authenticator
    from msgspec.structs import replace

    from settlement.models import Account

    Authenticator.objects.create(user=Account.objects.get(login="zhao"), type="totp", data={})
    accounts = AccountSettings(second_factor_from=SecondFactorFrom.ORDINARY)
    settings.CENTRE = replace(settings.CENTRE, accounts=accounts)


@pytest.mark.parametrize("operation", OPERATIONS, ids=[f"{method} {path}" for method, path, *_ in OPERATIONS])
def test_a_call_costs_few_queries_and_no_more_with_more_rows(
    operation, program, everything, serve, second_factor_wanted, noon_ms, mei
):
    assert connection.features.supports_json_field, "SQLite is asked once, not at the first call"

    def queries():
        with CaptureQueriesContext(connection) as seen:
            response = program.call(method, path, body)
            assert response.status_code in {200, 409}
        return len(seen)

    method, path, scope, body = filled(operation, everything)
    if method == "GET":
        queries()
        few = queries()
        for number in range(2001, 2009):
            person = Volunteer.objects.create(number=number, display_name="Mei's friend")
            StarReview.objects.create(
                volunteer=person, stars_before=2, stars_after=1, approved_s=3600, raised_ms=noon_ms
            )
            Site.objects.create(code=f"s{number}", name="Site", zone="UTC")
            serve(number=number)
        assert queries() == few
    assert queries() <= MOST.get(f"{operation[0]} {operation[1]}", 12)
    assert scope in Scope
