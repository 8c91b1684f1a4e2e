"""A centre of 0.1.0 with years of decisions becomes today's: nothing is lost, and nothing is decided anew."""

import json

import pytest

from tests.settlement.migrations.kept_rows import lost
from tests.settlement.own_centre import OwnCentre

pytestmark = pytest.mark.long

BEFORE = ("0015_one_time_uses", "0021_said")
"""The last migration of 0.1.0 (and of 0.2.0), and the last one before there were accounts."""
COMPUTED = {"Session", "Line", "EventOutcome", "Settled", "Unsettled"}
SEALED = (
    "accesschange", "certificate", "dispute", "disputeanswer", "event", "forkevidence", "inspectedperson",
    "inspectionvisit", "ledgerentry", "manualdecision", "manualrecord", "namedactivity", "publicnotice",
    "rating", "review", "stalecertificate",
)  # fmt: skip
"""The tables whose rows 0.1.0 never changed."""
ENTER = """
import json
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from settlement.database.known_keys import fingerprints, make_keys
from tests.settlement.migrations.decisions_of_then import enter_centre
from tests.settlement.migrations.kept_rows import rows_of
call_command("migrate", "settlement", {before!r}, verbosity=0)
apps = MigrationExecutor(connection).loader.project_state([("settlement", {before!r})]).apps
make_keys(settings.CENTRE)
enter_centre(apps, fingerprints(settings.CENTRE))
print(json.dumps(rows_of(apps.get_models())))
"""
ASK = """
import json
from tests.settlement.migrations import upgraded_centre as centre
print(json.dumps({asked}))
"""
BACK = """
import json
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.settlement.migrations.kept_rows import rows_of
call_command("migrate", "settlement", {before!r}, verbosity=0)
apps = MigrationExecutor(connection).loader.project_state([("settlement", {before!r})]).apps
print(json.dumps(rows_of(apps.get_models())))
"""


class Upgraded:
    """A centre that was entered by the models of then and started by today's."""

    def __init__(self, folder, before):
        self.before = before
        self._centre = OwnCentre(folder)
        self.rows_then = _last(self._centre.run_unprepared(ENTER.format(before=before)))
        self.rows_now = self.ask("centre.rows()")

    def ask(self, asked):
        return _last(self._centre.run(ASK.format(asked=asked)))

    def back(self):
        return _last(self._centre.run(BACK.format(before=self.before)))

    def drop(self):
        self._centre.drop()


def _last(printed):
    return json.loads(printed.splitlines()[-1])


@pytest.fixture(scope="module", params=BEFORE)
def upgraded(request, tmp_path_factory):
    found = Upgraded(tmp_path_factory.mktemp("then"), request.param)
    yield found
    found.drop()


def test_no_row_and_no_value_is_lost(upgraded):
    """All models are walked: of a table that a later migration touches there must be something here."""
    assert [name for name, rows in upgraded.rows_then.items() if not rows] == []
    assert lost(upgraded.rows_then, upgraded.rows_now) == []
    assert len(upgraded.rows_then["Review"]) == 12


def test_what_counts_is_read_as_it_was(upgraded):
    said = upgraded.ask("centre.said()")
    assert said["accounts"] == 0
    assert said["approved"] == {"1001": 144_000, "1002": 28_800, "1003": 10_800, "1004": 28_800, "1005": 0}
    assert said["hours"]["1001"] == "40.00"
    assert said["lines"]["1001"] == [*[["approved", 28_800, 0, "0001"]] * 4, ["adjusted", 28_800, 0, "0001"]]
    assert said["lines"]["1002"] == [["rejected", 0, 0, "0001"], ["approved", 28_800, 0, "0001"]]
    assert said["lines"]["1003"] == [["approved", 10_800, 0, "0001"], ["pending", 0, 10_800, "0001"]]
    assert said["lines"]["1005"] == [["pending", 0, 3600, ""]]
    assert (said["stars"]["1001"], said["stars"]["1002"], said["star_reviews"]) == (2, 0, [1001])
    assert (said["points"]["1001"], said["points"]["1002"]) == ({"2026": 0}, {"2026": 2})
    assert said["value_s"] == {"fair": 144_000 * 3 // 2 * 6 // 5}
    assert sorted(said["certificates"].values()) == [
        ["superseded", "M**", "39.0", 5],
        ["valid", "M**", "40.0", 5],
    ]
    assert said["disputes"] == ["to_amend", "rejected", "open"]
    assert said["answers"] == [["Dispute 1: looked", "Zhao Min"]] * 2
    assert (said["records"], said["transfers"]) == ([1003], [1004])
    assert said["notices"] == ["Notice of 2026"]


SAID = {
    1001: [
        "Decided by Zhao Min",
        "the card burnt",
        "Decided by Li Hua",
        "A record arrived after the decision",
    ],
    1002: ["this line is rejected", "Decided by Li Hua", "Note: was not there", "Note: she stayed"],
    1003: ["entered by hand by Zhao Min, confirmed by Li Hua: reader broken", "Decided by Wang Fang"],
    1004: ["confirmed by Li Hua: said by the volunteer at the terminal", "Decided by Wang Fang"],
    1005: ["Zhao Min said that it was this one: he said so"],
}


def test_who_decided_what_is_told_without_an_account(upgraded):
    told = upgraded.ask("centre.explained()")
    assert {
        number: [text for text in said if text not in told[str(number)]] for number, said in SAID.items()
    } == {number: [] for number in SAID}


def test_triggers_guard_what_they_guarded(upgraded):
    let, triggers = upgraded.ask("centre.unsealed()")
    assert let == []
    assert _missing(triggers) == set()


def test_settling_everybody_again_changes_nothing(upgraded):
    states, differences, rows = upgraded.ask("centre.settled_again()")
    assert differences == []
    assert states == [states[0]] * 3
    assert states[0][:2] == [14, 2]
    assert lost(_decided(upgraded.rows_then), rows) == []


def test_the_way_back_and_forth_keeps_every_row(upgraded):
    decided = _decided(upgraded.rows_then)
    assert lost(decided, upgraded.back()) == []
    rows, (let, triggers) = upgraded.ask("[centre.rows(), centre.unsealed()]")
    assert lost(decided, rows) == []
    assert (let, _missing(triggers)) == ([], set())


def _missing(triggers):
    wanted = {f"settlement_{table}_no_{change}" for table in SEALED for change in ("update", "delete")}
    return wanted - set(triggers)


def _decided(rows):
    """All but what is computed: that is replaced as a whole."""
    return {name: found for name, found in rows.items() if name not in COMPUTED}
