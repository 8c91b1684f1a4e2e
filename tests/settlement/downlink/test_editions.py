import msgspec
import pytest

from foundation.errors import SettingsError
from settlement.accounts.audit import Signed
from settlement.downlink.editions import give_settings, publish_roster, renew_rosters, revoke, stale_terminals
from settlement.master_data import access
from settlement.models import GivenSettings, RosterEdition, Terminal, Volunteer
from settlement.rules.rule_set import RuleSet
from sync.contract.handover import CentreKeys
from sync.contract.roster import open_roster
from sync.contract.signing import SigningKey
from sync.contract.wire import Realm
from tests.settlement.actors import actor


@pytest.fixture
def key(settings, tmp_path):
    key = SigningKey.generate()
    key.save(tmp_path / "signing.pem")
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))
    return key


@pytest.fixture
def renew(key, settings, noon_ms):
    return lambda: renew_rosters(settings.CENTRE, noon_ms)


@pytest.fixture
def newest(key):
    """The newest roster of a terminal, as the terminal opens it."""

    def _newest(name="north-gate"):
        sealed = bytes(RosterEdition.objects.get(terminal=name).sealed)
        return open_roster(sealed, CentreKeys((key.public,)), name, Realm.LIVE)

    return _newest


def test_a_change_of_master_data_makes_a_new_edition_and_nothing_else_does(
    terminal, fair, mei, renew, newest
):
    assert [renew(), renew()] == [1, 0]
    assert (newest().version, [person.name for person in newest().people]) == (1, ["Mei"])
    Volunteer.objects.filter(number=1001).update(suspended=True)
    assert [renew(), renew()] == [1, 0]
    assert (newest().version, newest().people[0].suspended) == (2, True)


def test_other_rules_make_a_new_edition_with_their_numbers(terminal, fair, renew, newest, settings):
    renew()
    rules = RuleSet(version=2, max_session_s=57_600)
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, rules=rules)
    assert [renew_rosters(settings.CENTRE, 0), renew_rosters(settings.CENTRE, 0)] == [1, 0]
    assert (newest().version, newest().policy.max_session_s) == (2, 57_600)


@pytest.fixture
def order(noon_ms):
    return access.SignedBy(actor("Zhao"), "lost", noon_ms)


def test_who_is_suspended_and_what_is_revoked_stands_in_the_next_roster(
    terminal, fair, mei, order, renew, newest, hear
):
    renew()
    hear(roster=1)
    access.revoke("badge:1001.1", order)
    assert [renew(), renew()] == [1, 0]
    assert stale_terminals() == [("north-gate", 2)]
    assert newest().revoked == ["badge:1001.1"]
    access.suspend(1001, order)
    assert [renew(), renew()] == [1, 0]
    assert newest().people[0].suspended
    access.restore("badge:1001.1", order)
    access.resume(1001, order)
    assert renew() == 1
    assert (newest().version, newest().revoked, newest().people[0].suspended) == (4, [], False)


def test_a_site_that_does_not_know_the_person_gets_no_new_roster(terminal, fair, mei, order, renew):
    fair.assigned_only = True
    fair.save()
    renew()
    access.revoke("badge:1001.1", order)
    access.suspend(1001, order)
    assert renew() == 0


def test_every_terminal_of_a_site_gets_its_own(terminal, site, fair, renew, newest):
    other = SigningKey.generate().public.raw.hex()
    Terminal.objects.create(id="south-gate", site=site, bucket="07", public_key=other, realm="live")
    assert renew() == 2
    assert newest().terminal == "north-gate"
    assert newest("south-gate").terminal == "south-gate"


def test_a_revoked_terminal_gets_none(terminal, fair, renew, evening_ms):
    revoke("north-gate", Signed(None, evening_ms))
    assert renew() == 0
    assert Terminal.objects.get().revoked_ms == evening_ms
    revoke("north-gate", Signed(None, evening_ms + 1))
    assert Terminal.objects.get().revoked_ms == evening_ms


def test_a_terminal_that_holds_a_higher_version_gets_one_above_it(terminal, fair, renew, newest, hear):
    renew()
    hear(roster=7)
    assert [renew(), renew()] == [1, 0]
    assert newest().version == 8


def test_who_greets_with_an_older_version_is_stale_until_it_has_the_newest(terminal, fair, renew, hear):
    renew()
    assert stale_terminals() == []
    hear(roster=0)
    assert stale_terminals() == [("north-gate", 1)]
    hear(roster=1)
    assert stale_terminals() == []


def test_a_version_can_be_asked_for_if_it_is_higher(terminal, fair, key, settings, newest, noon_ms):
    publish_roster("north-gate", settings.CENTRE, noon_ms, version=5)
    assert newest().version == 5
    with pytest.raises(SettingsError, match="has a roster of version 5 already"):
        publish_roster("north-gate", settings.CENTRE, noon_ms, version=5)
    sealed = publish_roster("north-gate", settings.CENTRE, noon_ms)
    assert open_roster(sealed, CentreKeys((key.public,)), "north-gate", Realm.LIVE).version == 5


def test_settings_are_given_as_a_whole_and_above_what_the_terminal_has(terminal, hear, noon_ms):
    assert give_settings("north-gate", {"result_shown_s": 6}, Signed(None, noon_ms)).version == 1
    hear(config=4)
    given = give_settings("north-gate", {"direction": "in"}, Signed(None, noon_ms))
    assert (given.version, GivenSettings.objects.get().values) == (5, {"direction": "in"})


def test_settings_that_no_terminal_takes_are_refused_with_what_is_allowed(terminal, noon_ms):
    with pytest.raises(SettingsError, match=r"result_shown_s: expected `int` >= 1, broker: no such setting"):
        give_settings("north-gate", {"result_shown_s": 0, "broker": "x"}, Signed(None, noon_ms))
    assert not GivenSettings.objects.exists()


@pytest.mark.parametrize(
    "call",
    [
        lambda settings: publish_roster("west-gate", settings, 0),
        lambda settings: give_settings("west-gate", {}, Signed(None, 0)),
        lambda settings: revoke("west-gate", Signed(None, 0)),
    ],
    ids=["roster", "settings", "revoke"],
)
def test_a_terminal_that_is_not_enrolled_is_told(db, key, settings, call):
    with pytest.raises(SettingsError, match="No terminal 'west-gate' is enrolled here"):
        call(settings.CENTRE)
