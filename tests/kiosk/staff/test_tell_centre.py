"""Staff write to the centre: an event of the log, with who wrote it."""

from kiosk.local_api.requests import TellCentre
from sync.contract.events import StaffMessage
from tests.kiosk.staff.staffed_terminal import Client, denied

ASKED = TellCentre(5, " The printer\nis out of paper. ")


def test_what_staff_write_stands_in_the_log(terminal, zhao):
    assert terminal.ask(ASKED, zhao).code == "told_centre"
    event = terminal.logged()[-1]
    assert isinstance(event, StaffMessage)
    assert (event.by, event.text) == ("liaison-7", "The printer is out of paper.")


def test_nothing_and_nobody_write_nothing(terminal, zhao):
    empty = TellCentre(5, " ")
    assert terminal.ask(empty, zhao) == denied(empty, "no_text")
    assert terminal.ask(ASKED, Client()) == denied(ASKED, "not_logged_in")
    assert not any(isinstance(event, StaffMessage) for event in terminal.logged())
