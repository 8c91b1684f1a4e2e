import pytest

from drivers.em4100 import Damaged, Em4100Driver, Em4100Framing, Tag
from drivers.reading import Secret
from drivers.settings import Checksum, Em4100Settings
from drivers.simulated.em4100 import SimulatedEm4100

# As received: Arduino forum 251993, Electronicayciencia, hobbycomponents forum.
REAL_FRAME = bytes([2, 48, 49, 48, 48, 54, 51, 69, 57, 65, 69, 50, 53, 3])
REAL_TAG = "010063E9AE"
FRAMES = {"010063E9AE25": "0006547886", "170068D28429": "0006869636", "100086F44426": "0008844356"}


def frame(digits):
    return b"\x02" + digits.encode() + b"\x03"


def told(events):
    return [event.number.reveal() if isinstance(event, Tag) else event for event in events]


def framed(pieces, checksum=Checksum.XOR):
    framing = Em4100Framing(checksum)
    return told([event for piece in pieces for event in framing.feed(piece)])


@pytest.mark.parametrize(("digits", "printed"), FRAMES.items())
def test_it_reads_the_frames_of_real_tags(digits, printed):
    (tag,) = framed([frame(digits)])
    assert tag == digits[:10]
    assert f"{int.from_bytes(bytes.fromhex(tag)[1:]):010d}" == printed


def test_it_reads_a_frame_however_its_bytes_arrive(in_pieces):
    for pieces in in_pieces(REAL_FRAME):
        assert framed(pieces) == [REAL_TAG]


def test_it_reads_joined_frames():
    assert framed([REAL_FRAME * 5]) == [REAL_TAG] * 5


def test_it_refuses_a_frame_with_a_wrong_checksum():
    assert framed([frame("100026F44426")]) == [Damaged()]


def test_it_reads_the_clone_that_adds_only_when_told_to():
    assert framed([frame("2E00AF0EC9B4")], Checksum.SUM) == ["2E00AF0EC9"]
    assert framed([frame("2E00AF0EC9B4")]) == [Damaged()]


def test_it_skips_noise_around_a_frame(in_pieces):
    for pieces in in_pieces(b"\x00\xff7A\x03" + REAL_FRAME + b"\x03\x80"):
        assert framed(pieces) == [REAL_TAG]


@pytest.mark.parametrize(
    "broken",
    [
        REAL_FRAME[:5],
        REAL_FRAME[:5] + b"\xff" + REAL_FRAME[6:],
        REAL_FRAME[:-2] + b"\x03",
        REAL_FRAME[:-1] + b"00\x03",
    ],
)
def test_it_reads_the_frame_after_a_broken_one(broken):
    assert framed([broken + REAL_FRAME]) == [Damaged(), REAL_TAG]


def test_it_writes_upper_case_whatever_the_module_sends():
    assert framed([REAL_FRAME.lower()]) == [REAL_TAG]


@pytest.fixture
def module(tmp_path):
    with SimulatedEm4100(tmp_path / "em4100") as plugged_in:
        yield plugged_in


@pytest.fixture
def driver(module, engine, clock, running):
    settings = Em4100Settings(name="tags", port=str(module.path))
    return running(Em4100Driver(settings, deliver=engine.deliver, now=clock, unreadable=engine.cannot_read))


def test_its_driver_presents_a_tag_once_while_it_stays(driver, module, engine, until):
    module.hold(REAL_TAG, repeats=30)
    module.hold("170068D284")
    until(lambda: len(engine.readings) == 2)
    assert engine.payloads() == [REAL_TAG, "170068D284"]
    assert engine.readings[0].presented == "tag"


def test_its_driver_presents_a_tag_again_after_it_was_gone(driver, module, engine, clock, until):
    module.hold(REAL_TAG, repeats=1)
    until(lambda: len(engine.readings) == 1)
    clock.move(500)
    module.hold(REAL_TAG, repeats=1)
    until(lambda: len(engine.readings) == 2)


def test_its_driver_tries_again_with_the_next_frame_when_the_engine_was_full(driver, module, engine, until):
    engine.full = True
    module.hold(REAL_TAG, repeats=1)
    until(lambda: driver.health().dropped == 1)
    engine.full = False
    module.hold(REAL_TAG, repeats=1)
    until(lambda: engine.payloads() == [REAL_TAG])


def test_its_driver_lets_the_person_know_of_a_damaged_frame(driver, module, engine, until):
    module.send(frame("100026F44426"))
    until(lambda: engine.unreadable == ["tags"])
    assert driver.health().unreadable == 1


def test_its_driver_is_quiet_about_damage_after_the_tag_was_read(driver, module, engine, until):
    module.hold(REAL_TAG)
    module.send(frame("100026F44426"))
    until(lambda: driver.health().detail.get("damaged_repeats") == 1)
    assert engine.unreadable == []


def test_its_driver_lives_through_an_unplug_in_the_middle_of_a_frame(driver, module, engine, until):
    module.send(REAL_FRAME[:6])
    module.unplug()
    until(lambda: driver.health().fault)
    module.plug_in()
    until(lambda: driver.health().reopened == 1)
    module.hold(REAL_TAG)
    until(lambda: engine.payloads() == [REAL_TAG])
    assert driver.health().unreadable == 0


def test_a_module_that_turns_the_bytes_round_gives_the_same_tag():
    frame = b"\x02EFCDAB000A83\x03"
    assert Em4100Framing(turned=True).feed(frame) == [Tag(Secret("0A00ABCDEF"))]
