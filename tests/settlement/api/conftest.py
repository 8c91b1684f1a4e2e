"""Programs that call the API by tokens of their own."""

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from msgspec.structs import replace

from settlement import lately
from settlement.accounts.api_tokens import NewToken, Scope, make_token
from settlement.accounts.audit import Signed
from settlement.models import Account, Organisation
from settlement.organisations.tree import add_organisation
from settlement.people_settings import AccountSettings, SecondFactorFrom
from tests.settlement import served_day
from tests.settlement.actors import actor
from tests.settlement.paper_terminal import NOON_MS

ALL = frozenset(Scope)
TIME = {
    "volunteer": 1001, "activity": "fair", "direction": "in", "at_ms": NOON_MS, "reason": "the reader broke"
}  # fmt: skip
OBJECTION = {
    "volunteer": 1001, "activity": "fair", "local_date": "2026-03-07", "objection": "I stayed until six"
}  # fmt: skip
WHY = {"reason": "it is so"}
SITE = {"name": "Gate", "zone": "Asia/Shanghai", "language": "ar", "organisation": "{branch}", **WHY}
SETTINGS = {"terminals": ["{terminal}"], "values": {"result_shown_s": 7}}
OPERATIONS = (
    ("GET", "/sites", Scope.READ, None),
    ("GET", "/sites/north/missing", Scope.PEOPLE, None),
    ("GET", "/review/activities", Scope.READ, None),
    ("GET", "/review/entries", Scope.READ, None),
    ("GET", "/review/late", Scope.READ, None),
    ("GET", "/review/activities/fair/entries", Scope.READ, None),
    ("GET", "/review/activities/fair/clean", Scope.READ, None),
    ("GET", "/review/entries/{entry}", Scope.READ, None),
    ("GET", "/evidence/{terminal}/{epoch}/2", Scope.READ, None),
    ("GET", "/evidence/manual/{record}", Scope.READ, None),
    ("POST", "/review/activities/fair/approve-clean", Scope.REVIEW, {}),
    ("POST", "/review/approve", Scope.REVIEW, {"entries": ["{entry}"]}),
    ("POST", "/review/reject", Scope.REVIEW, {"entries": ["{entry}"], "note": "was not there"}),
    ("POST", "/review/entries/{entry}/credit-long-stay", Scope.REVIEW, {"note": "was seen"}),
    ("POST", "/review/entries/{entry}/lift-cap", Scope.REVIEW, {"note": "was seen"}),
    ("GET", "/inbox", Scope.READ, None),
    ("GET", "/inspections/due", Scope.READ, None),
    ("GET", "/inbox/stars", Scope.READ, None),
    ("POST", "/inbox/stars/{stars}/keep", Scope.INBOX, {"note": "still a good one"}),
    ("GET", "/volunteers?who=mei", Scope.PEOPLE, None),
    ("GET", "/volunteers/1001", Scope.PEOPLE, None),
    ("GET", "/terminals", Scope.READ, None),
    ("GET", "/activities", Scope.READ, None),
    ("GET", "/accounts", Scope.ADMINISTRATION, None),
    ("GET", "/audit", Scope.ADMINISTRATION, None),
    ("GET", "/notices", Scope.READ, None),
    ("GET", "/transfers", Scope.PEOPLE, None),
    ("GET", "/exports/lines?year=2026", Scope.PEOPLE, None),
    ("GET", "/exports/records", Scope.PEOPLE, None),
    ("POST", "/manual-records", Scope.RECORDS, TIME),
    ("POST", "/objections", Scope.RECORDS, OBJECTION),
    ("GET", "/organisations", Scope.READ, None),
    ("GET", "/organisations/{branch}", Scope.READ, None),
    ("POST", "/organisations", Scope.MASTER_DATA, {"under": "{branch}", "name": "Team", **WHY}),
    ("POST", "/organisations/{branch}", Scope.MASTER_DATA, {"name": "Other name", **WHY}),
    ("POST", "/organisations/{branch}/move", Scope.MASTER_DATA, {"under": "{branch}", **WHY}),
    ("POST", "/organisations/{branch}/end", Scope.MASTER_DATA, WHY),
    ("GET", "/sites/north", Scope.READ, None),
    ("POST", "/sites/south/enter", Scope.MASTER_DATA, SITE),
    ("POST", "/sites/north", Scope.MASTER_DATA, SITE),
    ("GET", "/terminals/{terminal}/orders", Scope.TERMINALS, None),
    ("POST", "/terminals/{terminal}/orders", Scope.TERMINALS, {"task": "send_state"}),
    ("GET", "/group-settings", Scope.TERMINALS, None),
    ("POST", "/group-settings/plan", Scope.TERMINALS, SETTINGS),
    ("POST", "/group-settings/give", Scope.TERMINALS, {**SETTINGS, **WHY, "seen": "0" * 64}),
    ("GET", "/report-files", Scope.PEOPLE, None),
)
"""Every operation that needs a scope, with what it takes."""
OF_OWN_FILES = (
    ("POST", "/report-files", Scope.PEOPLE, {"kind": "lapsed"}),
    ("GET", "/report-files/{file}", Scope.PEOPLE, None),
    ("POST", "/report-files/{file}/cancel", Scope.PEOPLE, None),
    ("GET", "/report-files/{file}/content", Scope.PEOPLE, None),
)
"""What each account has for itself, whatever it reaches."""
NAMES = [f"{method} {path}" for method, path, _, _ in OPERATIONS]


class Program:
    """What calls by a token; the secret is empty for one that brings none."""

    def __init__(self, secret: str = "", **headers: str) -> None:
        self.secret = secret
        self.client = Client(raise_request_exception=False)
        self.headers = headers

    def call(self, method, path, body=None, **headers):
        given = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        return self.client.generic(
            method,
            f"/api/v1{path}",
            b"" if body is None else self.client._encode_json(body, "application/json").encode(),
            content_type="application/json",
            secure=True,
            headers={**given, **self.headers, **headers},
        )

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def post(self, path, body, **headers):
        return self.call("POST", path, body, **headers)


@pytest.fixture(autouse=True)
def counted_anew(monkeypatch):
    """What is handed out as counted a moment ago is counted each time."""
    monkeypatch.setattr(lately, "FRESH_S", 0.0)


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    """A centre whose log-in is a password alone, and whose programs may call as often as tests do."""
    accounts = AccountSettings(second_factor_from=SecondFactorFrom.NOBODY, calls_per_minute=10_000)
    settings.CENTRE = replace(settings.CENTRE, accounts=accounts)


@pytest.fixture
def api_at(monkeypatch):
    """Lets the API's clock stand at a moment (UTC milliseconds)."""

    def _api_at(at_ms):
        monkeypatch.setattr("settlement.api.callers.current_ms", lambda: at_ms)

    return _api_at


@pytest.fixture
def now(api_at, evening_ms):
    """The API's clock stands in the evening."""
    api_at(evening_ms)


def with_password(who):
    """The account of somebody who has logged in before."""
    account = Account.objects.get(pk=who.account)
    if not account.password:
        account.set_password("never typed")
        account.save(update_fields=["password"])
    return account


@pytest.fixture
def program_of(evening_ms, now):
    """Makes a token for somebody, and the program that has it."""
    made = iter(range(1, 1000))

    def _program_of(who=None, scopes=ALL, days=30, **headers):
        who = who or actor("Zhao")
        with_password(who)
        new = NewToken(f"program {next(made)}", frozenset(scopes), days)
        _, secret = make_token(new, Signed(who, evening_ms), SecondFactorFrom.NOBODY)
        return Program(secret, **headers)

    return _program_of


@pytest.fixture
def program(program_of):
    """A program that may everything, as somebody of the highest level."""
    return program_of()


@pytest.fixture
def one_connection():
    """The test's transaction is seen by the calls: none of them closes its connection."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def everything(mei, wei, ended_fair, serve, now):
    """A clean entry of Mei's, a doubtful one of Wei's, a time entered by hand, and stars in question."""
    return served_day.everything(serve, mei, ended_fair)


def filled(operation, numbers):
    """An operation with the numbers of what is there."""
    method, path, scope, body = operation
    if body and "entries" in body:
        body = {**body, "entries": [numbers["entry"]]}
    if "branch" not in numbers and "{branch}" in f"{path} {body}":
        numbers["branch"] = add_organisation("Branch", parent=Organisation.objects.first()).path
    return method, path.format(**numbers), scope, named(body, numbers)


def named(body, numbers):
    """A body with the names of what is there."""
    if isinstance(body, dict):
        return {key: named(value, numbers) for key, value in body.items()}
    if isinstance(body, list):
        return [named(value, numbers) for value in body]
    return body.format(**numbers) if isinstance(body, str) and body in {"{branch}", "{terminal}"} else body
