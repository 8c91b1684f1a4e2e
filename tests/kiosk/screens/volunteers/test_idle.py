import msgspec
import pytest

from foundation.words import LANGUAGES, Words
from kiosk.local_api.messages import Device
from kiosk.screens.panel import Face, Paragraph
from kiosk.screens.volunteers.idle import activity_line, idle_panel


def of(kind: str, state: str = "ready", name: str = "left scanner") -> Device:
    return Device(name, kind, state, 0, 0)


def with_devices(snapshot, *devices: Device, **fields):
    status = msgspec.structs.replace(snapshot.status, devices=list(devices), **fields)
    return msgspec.structs.replace(snapshot, status=status)


def said(snapshot, language: str = "en") -> list[str]:
    words = Words(language)
    shown = idle_panel(snapshot, words, [Paragraph("Call Ann", words.direction)])
    return [paragraph.text for paragraph in shown.paragraphs]


@pytest.mark.parametrize(
    ("kinds", "how"),
    [
        (["scanner"], "Please hold your code to the scanner."),
        (["camera"], "Please show your code to the camera."),
        (["wedge", "camera"], "Please show your code to the camera or scanner."),
        (["id_card", "keypad"], "Please hold up your card or type the code from your text message."),
    ],
)
def test_only_the_ways_that_there_are_are_offered(snapshot, kinds, how):
    assert said(with_devices(snapshot, *map(of, kinds))) == [how]


def test_digits_are_asked_for_where_somebody_could_type_a_code_now(snapshot):
    assert "or type the code" in said(with_devices(snapshot, of("camera"), codes=1))[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_broken_devices_are_called_what_they_are_and_not_by_their_names(snapshot, language):
    one_of_two = with_devices(snapshot, of("scanner"), of("scanner", "fault"), of("id_card", "fault"))
    text = said(one_of_two, language)[-1]
    assert "left" not in text
    assert "(1/2)" in text
    assert Words(language).code("device_kind", "id_card") in text


def test_a_terminal_whose_readers_are_all_dead_is_out_of_order(snapshot):
    dead = with_devices(snapshot, of("scanner", "fault"), of("id_card", "fault"))
    shown = idle_panel(dead, Words("en"), [Paragraph("Call Ann", Words("en").direction)])
    assert shown.face is Face.OUT_OF_ORDER
    assert said(dead) == ["Nothing can be read here: scanner, identity card reader out of order.", "Call Ann"]


def test_text_messages_are_a_way_as_long_as_the_modem_works(snapshot):
    sms = msgspec.structs.replace(snapshot, sms_number="+1 555")
    works = with_devices(sms, of("scanner", "fault"), of("modem"), short_code="4711")
    assert said(works)[0] == "Send 4711 as a text message to +1 555."
    dead = with_devices(sms, of("scanner"), of("modem", "fault"), short_code="4711")
    assert "4711" not in "".join(said(dead))


@pytest.mark.parametrize(("direction", "word"), [("in", "Check-in only"), ("out", "Check-out only")])
def test_a_terminal_of_one_direction_says_so_first(snapshot, direction, word):
    assert said(msgspec.structs.replace(snapshot, direction=direction))[0] == word
    ordered = msgspec.structs.replace(snapshot.status, direction=direction)
    assert said(msgspec.structs.replace(snapshot, direction="toggle", status=ordered))[0] == word


def test_what_people_check_in_for_is_one_activity_or_how_many(snapshot):
    assert activity_line(snapshot, Words("en")) == "Visitor guides"
    many = msgspec.structs.replace(snapshot, activity="", executing=3)
    assert activity_line(many, Words("en")) == "3 activities"


def test_without_a_key_to_check_badges_by_nobody_is_asked_for_one(snapshot):
    bare = msgspec.structs.replace(snapshot, roster_version=0, checks_badges=False)
    assert said(bare)[0].startswith("This terminal can't check badges yet")
