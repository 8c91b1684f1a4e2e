"""`muster inspection`: names drawn, a visit taken down, sites that are due."""

from settlement.models import InspectedPerson, InspectionVisit


def test_a_visit_from_drawing_names_to_the_next_week(muster, mei, wei, site, ended_fair, serve, folder):
    serve()
    assert muster("inspection", "draw", "--site", "north") == "Nobody is checked in there.\n"
    assert "never" in muster("inspection", "due")
    entered = ("inspection", "enter", "--site", "north", "--inspector", "Qian", "--as", "qian")
    muster(*entered, "--at", "2026-03-07T14:00", "--seen", 1001, "--not-seen", 1002, "--findings", "no water")
    assert InspectedPerson.objects.count() == 2
    told = muster("inspection", "list")
    assert "2026-03-07 14:00:00" in told
    assert "1 of 2" in told
    assert "no water" in told
    assert muster("inspection", "due") == "Every site was visited.\n"


def test_those_on_site_now_are_drawn(muster, mei, fair, terminal, deliver, settle, noon_ms, folder):
    from foundation.clock import SharedClock

    terminal.check_in("badge:1001.1", wall_ms=noon_ms)
    deliver(received_ms=noon_ms)
    settle(noon_ms + 60_000)
    SharedClock.create(folder / "clock", noon_ms + 60_000)
    assert "1001       Mei   fair" in muster("inspection", "draw", "--site", "north")


def test_a_site_that_is_none_is_told(muster, db):
    entered = ("inspection", "enter", "--site", "moon", "--inspector", "Qian", "--as", "qian")
    assert "There is no site 'moon'" in muster(*entered, status=1)
    assert not InspectionVisit.objects.exists()
