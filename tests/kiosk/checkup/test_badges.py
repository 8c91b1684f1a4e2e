"""A badge is held up to each device that reads codes: what each made of it is on the doctor's page."""

import pytest

from drivers.keyboard.layouts import Layout
from drivers.settings import CameraSettings, KeypadSettings, WedgeSettings
from foundation.words import Words
from kiosk.checkup.badges import judge_badges, readers_of_badges
from kiosk.checkup.check import Mark
from tests.kiosk.checkup.test_devices import settings
from tests.kiosk.credentials.test_misread import typed
from tests.kiosk.samples import index_of, token

USB = "0c2e:0b61"


def test_devices_that_give_codes_are_asked_and_readers_of_tags_are_not():
    named = settings(
        camera=[CameraSettings(name="camera", source="/dev/video0")],
        keypad=[KeypadSettings(name="keypad", path="/dev/input/event0", usb_id=USB)],
        wedge=[
            WedgeSettings(name="wedge", path="/dev/input/event1", usb_id=USB),
            WedgeSettings(name="tags", path="/dev/input/event2", usb_id=USB, format="10D"),
        ],
    )
    assert set(readers_of_badges(named)) == {"scanner", "camera", "wedge"}


def found(read, roster=None):
    check = judge_badges(["wedge"], read, roster)
    return check, [one.trouble.code for one in check.findings]


def test_a_badge_that_came_whole_is_good():
    for roster in (None, index_of()):
        assert found({"wedge": token(1)}, roster)[0].mark is Mark.GOOD


@pytest.mark.parametrize("roster", [None, index_of()])
def test_a_scanner_of_another_layout_is_told_what_to_set(roster):
    check, codes = found({"wedge": typed(token(1), by=Layout.FR)}, roster)
    assert codes == ["badge_spoilt"]
    assert check.mark is Mark.LOOK
    assert "wedge does not give a badge as it is printed" in Words("en").trouble(check.findings[0].trouble)
    assert "layout = " in Words("en").trouble(check.findings[0].trouble)


def test_what_is_no_badge_or_of_another_centre_is_told():
    forged = token(1)[:-1] + ("0" if token(1)[-1] != "0" else "1")
    for text in ("https://example.org/", forged):
        assert found({"wedge": text}, index_of())[1] == ["badge_foreign"]


def test_nothing_in_time_is_a_fault():
    assert found({})[0].mark is Mark.BROKEN


def test_an_engine_that_holds_the_devices_is_said_and_without_any_there_is_no_line():
    assert found(None)[0].mark is Mark.OPEN
    assert judge_badges([], {}, None) is None
