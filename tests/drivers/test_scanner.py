import pytest

from drivers.camera.contents import content_of_bytes
from drivers.scanner import LONGEST_TEXT, Scan, ScannerDriver, ScannerFraming, Unscannable
from drivers.settings import ScannerSettings, Terminator
from drivers.simulated.scanner import SimulatedScanner
from tests.english import in_english

BADGE = "M1.4K7Q$9-TESTBADGE"


def told(events):
    return [event.text.reveal() if isinstance(event, Scan) else event for event in events]


def framed(pieces, terminator=Terminator.ANY):
    framing = ScannerFraming(terminator)
    return told([event for piece in pieces for event in framing.feed(piece)] + framing.silence())


@pytest.mark.parametrize("suffix", [b"\r", b"\n", b"\r\n", b"\t", b""])
def test_it_frames_a_code_however_its_bytes_arrive(suffix, in_pieces):
    for pieces in in_pieces(BADGE.encode() + suffix):
        assert framed(pieces) == [BADGE]


@pytest.mark.parametrize("suffix", [b"\r", b"\n", b"\r\n", b"\t"])
def test_it_frames_joined_codes(suffix):
    assert framed([(b"ONE" + suffix) * 3]) == ["ONE"] * 3


def test_it_reads_the_good_code_between_noisy_lines(in_pieces):
    noise = bytes([0xFF, 0x00, 0x9D]) + b"\r"
    for pieces in in_pieces(noise + BADGE.encode() + b"\r" + noise):
        assert framed(pieces) == [Unscannable.ALPHABET, BADGE, Unscannable.ALPHABET]


@pytest.mark.parametrize("byte", [0x00, 0x03, 0x16, 0x1B, 0x1D, 0x7F])
def test_it_refuses_key_strokes(byte):
    assert framed([b"AB" + bytes([byte]) + b"C\r"]) == [Unscannable.ALPHABET]


@pytest.mark.parametrize(
    "payload",
    [
        "签到".encode(),
        "图书馆 7".encode("gbk"),
        "LIB-é".encode("latin-1"),
        b"A\xef\xbb\xbfB",
        b"\xff\xfe\x80",
    ],
)
def test_text_beyond_ascii_is_what_it_is_at_a_camera(payload):
    assert framed([payload + b"\r"]) == [content_of_bytes(payload).text]


def test_a_control_character_beyond_ascii_is_refused_too():
    assert framed(["A\u0085B\r".encode()]) == [Unscannable.ALPHABET]


@pytest.mark.parametrize(
    "line",
    [
        b"]Q1LIB-00412",
        b"]C0LIB-00412",
        b"  LIB-00412 ",
        b"\x02LIB-00412\x03",
        b"\x01\x02]Q3LIB-00412\x03\x04",
        b"]d2\x1dLIB-00412\x1d",
        b"\x0bLIB-00412\x1c",
        b"LIB-00412\x1a",
        b"\xef\xbb\xbfLIB-00412",
        b"]Q2\xef\xbb\xbfLIB-00412",
    ],
)
def test_what_a_scanner_puts_around_a_code_is_no_part_of_it(line):
    assert framed([line + b"\r"]) == ["LIB-00412"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"]Q1\r", ["]Q1"]),
        (b"] Q1A\r", ["] Q1A"]),
        (b"[Q1A\r", ["[Q1A"]),
        (b"A]Q1B\r", ["A]Q1B"]),
        (b"A\x02B\r", [Unscannable.ALPHABET]),
        (b"A\x00\r", [Unscannable.ALPHABET]),
        (b"A\x1b\r", [Unscannable.ALPHABET]),
        (b"A\x1dB\r", [Unscannable.ALPHABET]),
        (b" \x02 \x03\r", []),
    ],
)
def test_nothing_else_is_taken_off(line, expected):
    assert framed([line]) == expected


@pytest.mark.parametrize(
    ("terminator", "line", "expected"),
    [
        (Terminator.CR, b"A\tB\r", [Unscannable.ALPHABET]),
        (Terminator.TAB, b"A\tB\t", ["A", "B"]),
        (Terminator.LF, b"A\r\nB\rC\n", ["A", "BC"]),
        (Terminator.CRLF, b"A\r\nB\r\n", ["A", "B"]),
        (Terminator.SILENCE, b"A\r", ["A"]),
        (Terminator.SILENCE, b"A B", ["A B"]),
    ],
)
def test_it_ends_a_code_only_with_the_configured_terminator(terminator, line, expected):
    assert framed([line], terminator) == expected


def test_it_takes_the_longest_code_whole():
    assert framed([b"7" * LONGEST_TEXT + b"\r"]) == ["7" * LONGEST_TEXT]


def test_it_refuses_an_overlong_line_once_and_goes_on_after_its_end():
    assert framed([b"7" * (LONGEST_TEXT * 9) + b"\rNEXT\r"]) == [Unscannable.TOO_LONG, "NEXT"]


def test_it_goes_on_after_an_overlong_line_that_ends_in_silence():
    framing = ScannerFraming()
    assert framing.feed(b"7" * (LONGEST_TEXT + 1)) == []
    assert framing.silence() == [Unscannable.TOO_LONG]
    assert told(framing.feed(b"NEXT\r")) == ["NEXT"]


def test_it_makes_nothing_of_silence_and_empty_lines():
    assert framed([b"\r\n\r\n\t"]) == []
    assert ScannerFraming().silence() == []


@pytest.fixture
def scanner(tmp_path):
    with SimulatedScanner(tmp_path / "scanner") as plugged_in:
        yield plugged_in


@pytest.fixture
def driver(scanner, engine, clock, running):
    settings = ScannerSettings(name="gate-scanner", port=str(scanner.path))
    return running(ScannerDriver(settings, deliver=engine.deliver, now=clock, unreadable=engine.cannot_read))


def test_its_driver_presents_a_code(driver, scanner, engine, clock, until):
    scanner.scan(BADGE)
    until(lambda: engine.readings)
    reading = engine.readings[0]
    assert (reading.device, reading.presented, reading.payload.reveal()) == ("gate-scanner", "code", BADGE)
    assert reading.at == clock()


def test_its_driver_counts_each_line_of_garbage_once_and_no_code(driver, scanner, engine, until):
    scanner.scan(BADGE)
    until(lambda: engine.readings)
    assert (driver.health().unreadable, engine.unreadable) == (0, [])
    scanner.send(b"\x1b\r")
    until(lambda: engine.unreadable)
    scanner.scan(BADGE)
    until(lambda: len(engine.readings) == 2)
    assert (driver.health().unreadable, engine.unreadable) == (1, ["gate-scanner"])


def test_its_driver_ends_a_code_by_silence(driver, scanner, engine, until):
    scanner.send(BADGE.encode())
    until(lambda: engine.readings)
    assert engine.payloads() == [BADGE]


def test_its_driver_goes_on_after_garbage_and_lets_the_person_know(driver, scanner, engine, until):
    scanner.send(bytes(range(256)) * 40 + b"\r")
    scanner.scan(BADGE)
    until(lambda: engine.readings)
    assert engine.payloads()[-1] == BADGE
    assert driver.health().unreadable > 0
    assert set(engine.unreadable) == {"gate-scanner"}


def test_its_driver_lives_through_an_unplug_in_the_middle_of_a_code(driver, scanner, engine, until):
    scanner.send(BADGE.encode()[:7])
    scanner.unplug()
    until(lambda: driver.health().fault, "the fault was reported")
    scanner.plug_in()
    until(lambda: driver.health().reopened == 1, "the port was opened again")
    scanner.scan(BADGE)
    until(lambda: BADGE in engine.payloads())


def test_its_driver_waits_for_a_scanner_that_is_plugged_in_later(tmp_path, engine, clock, running, until):
    settings = ScannerSettings(name="late", port=str(tmp_path / "late"))
    driver = running(ScannerDriver(settings, deliver=engine.deliver, now=clock), ready=False)
    until(lambda: driver.health().fault)
    assert "Plug the device in" in in_english(driver.health().fault)
    with SimulatedScanner(tmp_path / "late") as scanner:
        until(lambda: driver.health().state == "ready")
        scanner.scan(BADGE)
        until(lambda: engine.readings)


def test_a_reader_of_cards_on_a_serial_line_presents_the_card(scanner, engine, clock, running, until):
    settings = ScannerSettings(name="cards", port=str(scanner.path), format="uid")
    running(ScannerDriver(settings, deliver=engine.deliver, now=clock, unreadable=engine.cannot_read))
    scanner.scan("04a1b2c3d4e5f6")
    until(lambda: engine.readings)
    assert [(one.presented, one.payload.reveal()) for one in engine.readings] == [
        ("card_uid", "04A1B2C3D4E5F6")
    ]
