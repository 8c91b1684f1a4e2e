"""Who is let in: by a good token with the scope, as an account that may, not too often; never by a log-in."""

import datetime as dt
import json
import re

import pytest
from django.test import Client
from msgspec.structs import replace

from settlement.accounts.actor import Level, Role
from settlement.accounts.api_tokens import Scope
from settlement.models import (
    Account,
    Activity,
    ApiToken,
    LedgerEntry,
    Membership,
    Site,
    StarReview,
    Volunteer,
)
from settlement.organisations.tree import add_organisation
from settlement.people_settings import AccountSettings, SecondFactorFrom
from settlement.web.serving.security import CONTENT_SECURITY_POLICY
from tests.settlement import served_day
from tests.settlement.actors import actor
from tests.settlement.api.conftest import ALL, NAMES, OPERATIONS, Program, filled

pytestmark = pytest.mark.django_db
LEAST = {"/accounts": Level.MIDDLE, "/audit": Level.SENIOR}
OF_SCOPE = {Scope.MASTER_DATA: Level.MIDDLE, Scope.TERMINALS: Level.SENIOR}
"""What is read, or done, from that level on."""
EACH = pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)


@pytest.fixture(scope="module")
def all_made(kept_for_the_module):
    return kept_for_the_module(served_day.all_made)


@pytest.fixture
def everything(db, all_made, now):
    """The rows that all tests here share: each finds them as they were made."""
    return {**all_made}


@pytest.fixture
def mei(everything):
    return Volunteer.objects.get(number=1001)


@pytest.fixture
def site(everything):
    return Site.objects.get(code="north")


@pytest.fixture
def ended_fair(site):
    return Activity.objects.select_related("site").get(pk="fair")


def code_of(response):
    return response.status_code, response.json()["code"]


def told(response):
    """The whole answer as text."""
    return (b"".join(response) if response.streaming else response.content).decode()


def unchanged():
    decided = LedgerEntry.objects.exclude(review=None).exists()
    return not decided and StarReview.objects.get().withdrawn is None


@EACH
def test_each_answers_whoever_may(operation, program, everything):
    method, path, _, body = filled(operation, everything)
    response = program.call(method, path, body)
    refused = {"NOT_LONG", "NOT_CAPPED", "MOVED_INTO_ITSELF", "settings_moved"}
    assert response.status_code == 200 or response.json()["code"] in refused
    assert "Mei" in told(response) or method == "POST" or "who" not in path


@EACH
def test_each_refuses_who_brings_no_good_token(operation, program_of, everything):
    method, path, _, body = filled(operation, everything)

    def answered(program):
        response = program.call(method, path, body)
        assert response["WWW-Authenticate"] == "Bearer"
        return code_of(response)

    over, revoked, ended = program_of(days=0), program_of(), program_of(actor("Sun"))
    ApiToken.objects.filter(name="program 2").update(revoked_ms=1)
    Account.objects.filter(login="sun").update(ended_ms=1)
    assert answered(Program()) == (401, "NO_TOKEN")
    assert answered(Program(Authorization="Basic emhhbzp4")) == (401, "NO_TOKEN")
    assert answered(Program("muster_invented")) == (401, "TOKEN_UNKNOWN")
    assert answered(over) == (401, "TOKEN_OVER")
    assert answered(revoked) == (401, "TOKEN_OVER")
    assert answered(ended) == (401, "ACCOUNT_ENDED")
    assert unchanged()


@EACH
def test_each_needs_its_scope(operation, program_of, everything):
    method, path, scope, body = filled(operation, everything)
    assert code_of(program_of(scopes=ALL - {scope}).call(method, path, body)) == (403, "TOKEN_WITHOUT_SCOPE")
    assert unchanged()
    assert program_of(scopes={scope}).call(method, path, body).status_code in {200, 409}


@EACH
def test_each_refuses_whose_right_has_ended(operation, program_of, everything):
    method, path, _, body = filled(operation, everything)
    city = add_organisation("City")
    program = program_of(actor("Sun", Level.SENIOR, city.path))
    Account.objects.filter(login="sun").update(level="volunteer")
    assert code_of(program.call(method, path, body)) == (403, "NOT_ALLOWED")
    assert unchanged()


@EACH
def test_each_hides_what_is_beyond_the_own_reach(operation, program_of, everything, mei, ended_fair, site):
    city, other = add_organisation("City"), add_organisation("Other city")
    ended_fair.organisation = site.organisation = city
    ended_fair.save()
    site.save()
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)
    method, path, _, body = filled(operation, everything)
    wanted = method, path, body
    outside = program_of(actor("Chen", Level.SENIOR, other.path)).call(method, path, body)
    text = told(outside)
    assert "Mei" not in text
    assert "fair" not in text.replace("'fair'", "").replace("Affairs", "")
    if method == "POST" or "fair" in path or outside.status_code == 404:
        nothing = path.replace("fair", "no-such").replace("north", "no-such")
        nothing = re.sub(r"/[0-9]+", "/9990", nothing)
        body = {**body, "entries": [999]} if body and "entries" in body else body
        invented = program_of(actor("Chen")).call(method, nothing, body)
        assert code_of(outside) == (404, invented.json()["code"]), "as if it were not there"
    else:
        answer = json.loads(text)
        items = answer.get("items", answer.get("rows"))
        is_own = {one.get("login", one.get("name")) for one in items} in ({"chen"}, {"Other city"})
        assert items == [] or items[0].get("waiting") == 0 or is_own
    assert unchanged()
    inside = program_of(actor("Wu", Level.SENIOR, city.path)).call(*wanted)
    assert inside.status_code in {200, 409}


@pytest.mark.parametrize("level", list(Level)[:-1])
@EACH
def test_each_level_does_what_it_may(operation, level, program_of, everything, mei, ended_fair, site):
    """Reading is for all of these; decisions are for the levels that the service lets decide."""
    city = add_organisation("City")
    ended_fair.organisation = site.organisation = city
    ended_fair.save()
    site.save()
    Membership.objects.create(volunteer=mei, organisation=city, joined_ms=0)
    method, path, scope, body = filled(operation, everything)
    who = actor("Wu", level, "" if level is Level.SUPER else city.path)
    response = program_of(who).call(method, path, body)
    if not level.is_at_least(LEAST.get(path, OF_SCOPE.get(scope, level))):
        assert code_of(response) == (403, "NOT_ALLOWED")
        return
    if method == "POST" and level is Level.ORDINARY and scope is not Scope.RECORDS:
        assert code_of(response) == (403, "NOT_ALLOWED")
        assert unchanged()
        who = actor("Qi", level, city.path, (Role.REVIEWER,))
        response = program_of(who).call(method, path, body)
    assert response.status_code in {200, 409}


@EACH
def test_the_log_in_of_a_browser_opens_nothing(operation, everything):
    method, path, _, body = filled(operation, everything)
    program = Program()
    program.client.force_login(Account.objects.get(pk=actor("Zhao").account))
    assert code_of(program.call(method, path, body)) == (401, "NO_TOKEN")
    assert unchanged()


def test_no_cookie_is_set_and_no_answer_is_stored_or_framed(program, everything):
    for response in (program.get("/volunteers/1001"), program.get("/nowhere"), Program().get("/sites")):
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"
        assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"


def test_a_plain_call_from_elsewhere_is_sent_to_https(everything):
    response = Client().get("/api/v1/sites", headers={"Host": "localhost", "X-Forwarded-For": "192.0.2.1"})
    assert response.status_code == 301


def test_a_second_factor_that_is_missing_by_now_closes_the_door(program, everything, settings):
    assert program.get("/sites").status_code == 200
    accounts = AccountSettings(second_factor_from=SecondFactorFrom.ORDINARY)
    settings.CENTRE = replace(settings.CENTRE, accounts=accounts)
    assert code_of(program.get("/sites")) == (403, "NO_SECOND_FACTOR")


def test_a_token_tells_whom_it_acts_as(program_of):
    city = add_organisation("City")
    who = actor("Sun", Level.MIDDLE, city.path, (Role.REVIEWER,))
    told = program_of(who, {Scope.INBOX}).get("/me").json()
    assert (told["login"], told["level"], told["roles"]) == ("sun", "middle", ["reviewer"])
    assert (told["organisation"], told["scopes"], told["token"]) == (city.path, ["inbox"], "program 1")
    assert code_of(Program().get("/me")) == (401, "NO_TOKEN")


@pytest.fixture
def few_calls(settings, monkeypatch):
    """Two calls a minute; returns how the machine's clock is set."""
    accounts = AccountSettings(second_factor_from=SecondFactorFrom.NOBODY, calls_per_minute=2)
    settings.CENTRE = replace(settings.CENTRE, accounts=accounts)

    def at(seconds):
        monkeypatch.setattr("settlement.api.callers.machine_s", lambda: seconds)

    return at


def test_who_calls_too_often_is_told_when_to_come_again(few_calls, program_of, everything):
    program, another = program_of(), program_of(actor("Sun"))
    few_calls(6_000)
    assert [program.get("/me").status_code for _ in range(2)] == [200, 200]
    few_calls(6_018)
    refused = program.get("/me", **{"Accept-Language": "en"})
    assert code_of(refused) == (429, "TOO_MANY_CALLS")
    assert refused["Retry-After"] == "42"
    assert "42 seconds" in refused.json()["detail"]
    assert another.get("/me").status_code == 200, "each token is counted by itself"
    few_calls(6_060)
    assert program.get("/me").status_code == 200


def test_calls_that_are_refused_count_too(few_calls, program_of, everything):
    few_calls(6_000)
    program = program_of(scopes={Scope.INBOX})
    assert [program.get("/sites").status_code for _ in range(3)] == [403, 403, 429]


def test_the_day_of_the_last_call_is_kept(few_calls, program_of):
    program = program_of()
    assert ApiToken.objects.get().used_on is None
    few_calls(86_400)
    program.get("/me")
    assert ApiToken.objects.get().used_on == dt.date(1970, 1, 2)


def test_each_look_at_people_is_on_record_once_a_day(program, everything, api_at, evening_ms):
    from settlement.accounts.audit import Action, Kind, records_of

    def looks():
        return records_of(Kind.ACTIVITY, "fair").filter(action=Action.LOOK)

    for _ in range(3):
        program.get("/review/activities/fair/entries")
    (look,) = looks()
    assert (look.name, look.reason) == ("Zhao", "API: program 1")
    api_at(evening_ms + 86_400_001)
    program.get("/review/activities/fair/entries")
    assert looks().count() == 2
    program.get(f"/review/entries/{everything['entry']}")
    program.get("/sites/north/missing")
    program.get("/inbox/stars")
    program.get("/volunteers/1001")
    for kind, subject in (
        (Kind.RECORD, "fair/1001"),
        (Kind.SITE, "north missing"),
        (Kind.RECORD, "inbox/stars"),
        (Kind.VOLUNTEER, "1001"),
    ):
        assert records_of(kind, subject).filter(action=Action.LOOK).count() == 1
