import pytest

from drivers.settings import SoundPlayer, SoundSettings
from drivers.sound.programs import programs_of


def which(*installed):
    return lambda name: f"/usr/bin/{name}" if name in installed else None


@pytest.fixture
def card(tmp_path):
    (tmp_path / "pcmC0D0p").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("wanted", "installed", "has_card", "taken"),
    [
        ("auto", ("aplay", "paplay"), True, "aplay"),
        ("auto", ("aplay", "paplay"), False, "paplay"),
        ("auto", ("aplay",), False, None),
        ("aplay", ("aplay",), False, "aplay"),
        ("aplay", ("paplay",), True, None),
        ("none", ("aplay", "paplay"), True, None),
    ],
)
def test_a_player_is_taken_that_is_installed_and_wanted(tmp_path, wanted, installed, has_card, taken):
    if has_card:
        (tmp_path / "pcmC1D0p").touch()
    found = programs_of(SoundSettings(player=SoundPlayer(wanted)), which(*installed), tmp_path)
    assert (found.player if found else None) == taken


def test_the_device_is_named_to_the_player(card):
    found = programs_of(SoundSettings(device="plughw:1"), which("aplay"), card)
    assert found.play[-2:] == ("-D", "plughw:1")
    found = programs_of(SoundSettings(device="usb", player=SoundPlayer.PAPLAY), which("paplay"), card)
    assert found.play[-1] == "--device=usb"


def test_it_speaks_only_where_that_is_wanted_in_the_language_of_the_person(card):
    both = which("aplay", "espeak-ng")
    assert programs_of(SoundSettings(), both, card).voice == ""
    speaking = programs_of(SoundSettings(speak=True, volume=50), both, card)
    assert speaking.speak("zh-Hans")[-3:] == ("75", "-v", "cmn")
    assert speaking.speak("ar")[-1] == "ar"
