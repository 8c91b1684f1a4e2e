"""The terminal's services, as systemd's own lines tell them (systemd 252 of Debian 12)."""

import dataclasses

import pytest

from kiosk.checkup.check import Mark
from kiosk.checkup.services import (
    KIOSK,
    SCREEN,
    UPLINK,
    UnitSeen,
    judge_services,
    look_at_services,
    read_units,
)
from tests.kiosk.checkup.said import codes

TOLD = """\
Result=success
NRestarts=0
Id=muster-kiosk.service
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled

Result=exit-code
NRestarts=7
Id=muster-uplink.service
LoadState=loaded
ActiveState=activating
SubState=auto-restart
UnitFileState=disabled

Result=success
NRestarts=0
Id=muster-screen.service
LoadState=not-found
ActiveState=inactive
SubState=dead
UnitFileState=
"""
RUNNING = tuple(map(UnitSeen, (KIOSK, UPLINK, SCREEN)))


def test_systemds_lines_become_units():
    assert read_units(TOLD) == (
        UnitSeen(KIOSK),
        UnitSeen(UPLINK, "loaded", "activating", "auto-restart", 7, "disabled"),
        UnitSeen(SCREEN, "not-found", "inactive", "dead", at_boot=""),
    )
    assert read_units("") == ()


def test_services_that_run_are_well():
    check = judge_services(RUNNING)
    assert (check.mark, check.said.arguments) == (Mark.GOOD, {"units": [KIOSK, UPLINK, SCREEN]})


def test_each_service_that_does_not_run_is_named():
    check = judge_services(read_units(TOLD))
    assert codes(check) == {
        "service_not_running": "broken",
        "service_not_at_boot": "broken",
        "service_missing": "look",
    }
    assert check.findings[0].trouble.arguments == {"unit": UPLINK, "state": "activating, auto-restart"}


@pytest.mark.parametrize(("name", "mark"), [(KIOSK, "broken"), (UPLINK, "broken"), (SCREEN, "look")])
def test_people_still_check_in_without_the_screens_service_alone(name, mark):
    assert codes(judge_services((UnitSeen(name, "not-found", "inactive"),))) == {"service_missing": mark}


@pytest.mark.parametrize(("restarts", "told"), [(4, {}), (5, {"service_restarted": "look"})])
def test_a_service_that_comes_back_again_and_again_is_to_be_looked_at(restarts, told):
    assert codes(judge_services((dataclasses.replace(RUNNING[0], restarts=restarts),))) == told


@pytest.mark.parametrize(("number", "mark"), [(0, "broken"), (1, "broken"), (2, "look")])
def test_a_service_that_runs_and_will_be_missing_after_a_power_cut_is_told(number, mark):
    started_by_hand = dataclasses.replace(RUNNING[number], at_boot="disabled")
    assert codes(judge_services((started_by_hand,))) == {"service_not_at_boot": mark}


def test_where_no_systemd_runs_that_is_said_and_nothing_blamed(tmp_path):
    assert look_at_services(tmp_path) is None
    assert judge_services(None).said.code == "no_systemd"
    assert judge_services(None).mark is Mark.OPEN


def test_a_systemctl_that_is_not_there_or_fails_is_as_good_as_none(tmp_path, monkeypatch):
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert look_at_services(tmp_path) is None
