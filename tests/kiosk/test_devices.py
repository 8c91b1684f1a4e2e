"""From the settings to drivers: only what is needed is loaded, and each driver gets what it takes."""

import dataclasses
import json
import subprocess
import sys

import msgspec
import pytest

from drivers.catalog import DEVICE_KINDS, ConfiguredDevice, kind_named
from drivers.lifecycle import tell_nobody
from drivers.reading import Instant, Presented
from drivers.settings import ScannerSettings
from foundation.words import Words
from kiosk.checkin.text_replies import TextDecided
from kiosk.devices import DriverBuilder, ReadingSinks
from kiosk.local_api.messages import Decided, Outcome
from kiosk.settings import KioskSettings, kiosk_settings
from tests.drivers.known_kinds import EXAMPLES
from tests.kiosk.samples import reading
from tests.sync.samples import NINE_MS

LIBRARIES = ("cv2", "evdev", "serial", "smartcard")
SCANNER = ScannerSettings(name="gate", port="/dev/ttyUSB0")


class Recorder:
    """In place of a driver: keeps what it was given, and the texts that it should send."""

    def __init__(self, settings, **given):
        self.settings = settings
        self.given = given
        self.sent = []

    def send(self, number, text):
        self.sent.append((number.reveal(), text))
        return True


def deliver(reading):
    return True


def unreadable(device):
    pass


def now():
    return Instant(0, 0)


def built(kind="scanner", *, take_text=lambda reading: None, twins=None, keys="", **changes):
    """What a driver of a changed row is given."""
    row = dataclasses.replace(kind_named(kind), driver=f"{__name__}:Recorder", **changes)
    settings = KioskSettings(terminal="north-gate", centre_key="0" * 64, ntag424_key_file=keys)
    sinks = ReadingSinks(deliver, unreadable, take_text)
    builder = DriverBuilder(settings, sinks, now, Words("en"), twins)
    return builder.build(ConfiguredDevice(row, SCANNER))


@pytest.mark.parametrize(
    ("tables", "loaded"),
    [
        ("", []),
        ('[[scanner]]\nname = "a"\nport = "/dev/ttyUSB0"\n', ["serial"]),
        ('[[keypad]]\nname = "a"\npath = "/dev/input/event0"\nusb_id = "1c4f:0002"\n', ["evdev", "serial"]),
        ('[[contactless]]\nname = "a"\n', ["smartcard"]),
        ('[[camera]]\nname = "a"\nsource = "/dev/video0"\n', ["cv2"]),
    ],
)
def test_a_terminal_loads_the_libraries_of_its_own_devices_alone(tmp_path, tables, loaded):
    config = tmp_path / "kiosk.toml"
    config.write_text(f'terminal = "north-gate"\ncentre_key = "{"0" * 64}"\n{tables}')
    script = f"""
import json, sys
import kiosk.engine_process
from kiosk.devices import DriverBuilder, ReadingSinks
from kiosk.settings import KioskFiles
from pathlib import Path
settings = KioskFiles(Path({str(config)!r})).settings
nothing = lambda *given: None
DriverBuilder(settings, ReadingSinks(nothing, nothing, nothing), nothing, None).build_all()
print(json.dumps(sorted(set({LIBRARIES!r}) & set(sys.modules))))
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == loaded


def test_every_device_of_the_examples_is_built_in_the_order_of_the_catalog():
    settings = msgspec.toml.decode(EXAMPLES.encode(), type=kiosk_settings())
    builder = DriverBuilder(
        settings, ReadingSinks(deliver, unreadable, lambda reading: None), now, Words("en")
    )
    assert [one.health().kind for one in builder.build_all()] == [kind.name for kind in DEVICE_KINDS]


def test_a_driver_gets_its_settings_and_who_takes_what_it_reads():
    driver = built()
    assert driver.settings is SCANNER
    assert driver.given == {"deliver": deliver, "unreadable": unreadable, "now": now}


def test_a_twin_takes_the_place_of_a_library_where_there_is_one():
    twins = {"gate": object()}
    assert built(twin_as="library", twins=twins).given["library"] is twins["gate"]
    assert "library" not in built(twin_as="library").given
    assert "library" not in built(twins=twins).given


def test_taps_are_read_where_the_terminal_has_the_keys_to_verify_them():
    assert built("contactless", keys="tags.toml").given["signed_taps"] is True
    assert built("contactless").given["signed_taps"] is False


def decided(outcome):
    return TextDecided(
        Decided(at_ms=NINE_MS, device="gate", method="sms_in", outcome=outcome, language="zh-Hans")
    )


@pytest.mark.parametrize(
    ("text", "taken", "sent"),
    [
        (decided(Outcome.ACCEPTED_IN), True, [("+8613800138000", "签到成功.")]),
        (decided(Outcome.NOT_RECORDED), False, []),
        (None, False, []),
    ],
)
def test_a_text_is_answered_once_it_is_safe_and_is_not_taken_before(text, taken, sent):
    modem = built("modem", take_text=lambda reading: text)
    said = reading("482913", Presented.SMS, sender="+8613800138000")
    assert modem.given["deliver"](said) is taken
    assert modem.sent == sent


def refused(**more):
    values = {"outcome": Outcome.REFUSED, "reason": "no_activity", "language": "en", **more}
    return TextDecided(Decided(at_ms=NINE_MS, device="gate", method="sms_in", **values))


def stranger():
    values = {"outcome": Outcome.REFUSED, "reason": "unknown_credential", "from_afar": True}
    return TextDecided(Decided(at_ms=NINE_MS, device="gate", method="sms_in", **values), stranger=True)


def answered(texts, made):
    """How many of these texts (sender, when and what became of each) are answered."""
    waiting = [text for _, _, text in texts]
    modem = built("modem", take_text=lambda reading: waiting.pop(0))
    for sender, at_ms, _ in texts:
        assert modem.given["deliver"](reading("HI", Presented.SMS, NINE_MS + at_ms, sender=sender))
    assert len(modem.sent) == made


HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("who", "an_hour"), [(refused(), 5), (refused(reason="wrong_code"), 5), (stranger(), 1)]
)
def test_one_number_is_told_a_few_refusals_an_hour_and_a_stranger_one(who, an_hour):
    answered([("+8613800138000", n * 1_000, who) for n in range(100)], an_hour)
    answered([("+8613800138000", n * HOUR_MS, who) for n in range(100)], 100)


def test_a_modem_answers_so_many_refusals_a_day_to_all_together():
    volunteers = [(f"+86139001{n:05}", n * 1_000, refused()) for n in range(300)]
    answered(volunteers, 200)
    tomorrow = [(sender, 25 * HOUR_MS + at_ms, who) for sender, at_ms, who in volunteers]
    answered([*volunteers, *tomorrow], 400)


def test_a_wrong_text_is_answered_with_the_digits_on_the_screen_and_not_with_the_keypads_words():
    modem = built("modem", take_text=lambda _: refused(reason="wrong_code"))
    modem.given["deliver"](reading("1234", Presented.SMS, sender="+8613800138000"))
    ((_, answer),) = modem.sent
    assert answer == (
        "Not accepted. Please compare your message with the four digits that the terminal’s screen shows, "
        "and send those."
    )


def test_strangers_together_are_told_a_few_refusals_an_hour_and_keep_no_answer_from_volunteers():
    strangers = [(f"+86138001{n:05}", n * 1_000, stranger()) for n in range(200)]
    answered(strangers, 20)
    known = [(f"+86139001{n:05}", 200_000, refused()) for n in range(30)]
    answered([*strangers, *known], 50)


def test_what_is_no_refusal_is_always_answered():
    answered([("+8613800138000", n, decided(Outcome.ACCEPTED_IN)) for n in range(30)], 30)


def test_a_text_that_cannot_be_read_is_told_to_nobody_at_the_terminal():
    assert built("modem").given["unreadable"] is tell_nobody


def test_no_kind_of_device_is_called_like_a_setting():
    assert {kind.name for kind in DEVICE_KINDS} & set(dir(KioskSettings)) == set()
