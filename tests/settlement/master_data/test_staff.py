"""Who may act at terminals: entered with a PIN, told in the roster, removed again."""

import msgspec
import pytest

from foundation.errors import SettingsError
from settlement.accounts.audit import Signed
from settlement.downlink.rosters import compose_roster
from settlement.master_data.staff import enter_staff, remove_staff
from settlement.models import Site, StaffMember
from sync.contract import staff_pin
from sync.contract.roster import StaffRole

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(noon_ms):
    def _enter(reference="liaison-7", name="Zhao Wei", pin="730518", site=None, role=StaffRole.STAFF):
        return enter_staff(reference, name, pin, Signed(None, noon_ms), role=role, site=site)

    return _enter


@pytest.fixture
def told(terminal, settings, tmp_path):
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))
    return lambda: compose_roster("north-gate", 1, settings.CENTRE, 0).staff


def test_the_terminal_is_told_the_verifier_and_never_the_pin(told, enter):
    enter(role=StaffRole.SUPERVISOR)
    (one,) = told()
    assert (one.staff, one.name, one.role) == ("liaison-7", "Zhao Wei", StaffRole.SUPERVISOR)
    assert staff_pin.fits(one.verifier, "730518")
    assert b"730518" not in msgspec.json.encode(one)


def test_only_those_of_the_site_and_of_every_site_are_told(told, enter):
    Site.objects.create(code="south", name="South gate", zone="Asia/Shanghai")
    enter("anywhere")
    enter("here", site="north")
    enter("there", site="south")
    assert [one.staff for one in told()] == ["anywhere", "here"]


def test_a_new_pin_takes_the_place_of_the_old_one(told, enter):
    enter()
    enter(pin="402917")
    (one,) = told()
    assert not staff_pin.fits(one.verifier, "730518")


def test_who_was_removed_is_told_no_more_and_can_come_back(told, enter, noon_ms):
    enter()
    remove_staff("liaison-7", Signed(None, noon_ms))
    assert told() == []
    with pytest.raises(SettingsError, match="no staff member"):
        remove_staff("liaison-7", Signed(None, noon_ms))
    enter()
    assert len(told()) == 1


@pytest.mark.parametrize(
    "wrong", [{"reference": "Zhao Wei"}, {"name": " "}, {"pin": "1234"}, {"site": "moon"}], ids=str
)
def test_what_cannot_be_used_is_refused_and_nothing_is_entered(db, enter, wrong):
    with pytest.raises(SettingsError) as refused:
        enter(**wrong)
    assert refused.value.remedy
    assert not StaffMember.objects.exists()


@pytest.mark.parametrize("reference", ["9" * 17, "9" * 19, "9" * 40])
def test_digits_longer_than_a_volunteer_number_are_a_reference_like_any(db, enter, reference):
    assert enter(reference).reference == reference
