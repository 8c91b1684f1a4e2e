"""`muster centre settings|staff|move|signing-key`: what terminals are given, and by what key they know it."""

from settlement.models import GivenSettings, Organisation, StaffMember
from settlement.organisations.tree import add_organisation


def test_settings_are_given_in_the_place_of_all_before(muster, terminal):
    given = ("centre", "settings", terminal.name)
    assert "Settings of version 1 are on their way to north-gate" in muster(*given, "direction=in")
    assert "version 2" in muster(*given, "result_shown_s=6", "--reason", "too short")
    assert GivenSettings.objects.get().values == {"result_shown_s": 6}
    assert "moon" in muster(*given, "moon=6", status=1)
    assert GivenSettings.objects.get().version == 2


def test_staff_are_entered_with_a_pin_that_is_asked_for_twice(muster, site):
    entered = ("centre", "staff", "liaison-7")
    assert "Name the person" in muster(*entered, status=2)
    told = muster(*entered, "Zhao Wei", "--site", "north", typed="481516\n481516\n")
    assert "liaison-7 (Zhao Wei) can act at terminals once they have their next roster." in told
    row = StaffMember.objects.get()
    assert (row.display_name, row.site, row.removed_ms) == ("Zhao Wei", site, None)
    assert "481516" not in row.verifier + told
    assert "can act at no terminal" in muster(*entered, "--remove")
    assert StaffMember.objects.get().removed_ms is not None


def test_an_organisation_moves_with_all_below_it(muster):
    old, new = add_organisation("Old city"), add_organisation("New city")
    district = add_organisation("District", parent=old)
    add_organisation("Team", parent=district)
    told = muster("centre", "move", district.path, "--under", new.path, "--reason", "was merged")
    assert told == f"District stands at {new.path}0001 now.\n"
    assert Organisation.objects.get(name="Team").path.startswith(f"{new.path}0001")
    assert "no organisation '0099'" in muster("centre", "move", "0099", "--reason", "x", status=1)


def test_the_key_is_told_and_replaced_only_when_terminals_can_follow(muster, terminal):
    muster("centre", "prepare")
    told = muster("centre", "signing-key")
    before = told.splitlines()[0].removeprefix("The centre signs with ").rstrip(".")
    assert "north-gate" in told
    stays = muster("centre", "signing-key", "--replace", status=1)
    assert "These terminals don't say whose word they take: north-gate." in stays
    muster("centre", "signing-key", "--replace", "--anyway", typed="n\n", status=1)
    assert before in muster("centre", "signing-key")
    done = muster("centre", "signing-key", "--replace", "--anyway", "--yes")
    assert before not in done
    assert "make a backup: `muster centre backup`" in done
    assert before not in muster("centre", "signing-key")
