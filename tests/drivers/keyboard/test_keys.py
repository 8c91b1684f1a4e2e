import evdev.ecodes as codes
import pytest

from drivers.keyboard.keys import MOST_DIGITS, SPOILED, Entered, Key, KeyDecoder, KeypadEntry, KeysLost, Typed
from drivers.scanner import Scan, ScannerFraming, Unscannable

# Characters and keys of a US keyboard as evdev names them.
PUNCTUATION = {
    "-": "MINUS",
    "=": "EQUAL",
    "[": "LEFTBRACE",
    "]": "RIGHTBRACE",
    ";": "SEMICOLON",
    "'": "APOSTROPHE",
    "`": "GRAVE",
    "\\": "BACKSLASH",
    ",": "COMMA",
    ".": "DOT",
    "/": "SLASH",
    " ": "SPACE",
}
NAMED = {
    **{character: f"KEY_{character.upper()}" for character in "abcdefghijklmnopqrstuvwxyz1234567890"},
    **{character: f"KEY_{name}" for character, name in PUNCTUATION.items()},
}
SHIFTED = dict(zip('!@#$%^&*()_+{}:"~|<>?', "1234567890-=[];'`\\,./", strict=True))
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ON_THE_PAD = {character: f"KEY_KP{character}" for character in "0123456789"} | {
    character: f"KEY_KP{name}"
    for character, name in (("-", "MINUS"), ("+", "PLUS"), (".", "DOT"), ("*", "ASTERISK"), ("/", "SLASH"))
}


def code(name):
    return getattr(codes, name)


def press(name):
    return [Key(code(name), 1), Key(code(name), 0)]


def with_held(modifier, name):
    return [Key(code(modifier), 1), *press(name), Key(code(modifier), 0)]


def decoded(events):
    decoder = KeyDecoder()
    return b"".join(map(decoder.feed, events)).decode()


@pytest.mark.parametrize(("character", "name"), [*NAMED.items(), *ON_THE_PAD.items()])
def test_it_knows_every_plain_key(character, name):
    assert decoded(press(name)) == character


@pytest.mark.parametrize("shift", ["KEY_LEFTSHIFT", "KEY_RIGHTSHIFT"])
@pytest.mark.parametrize(
    ("character", "plain"), [*SHIFTED.items(), *zip(LETTERS, LETTERS.lower(), strict=True)]
)
def test_it_knows_every_shifted_key(character, plain, shift):
    assert decoded(with_held(shift, NAMED[plain])) == character


def test_it_knows_every_printable_character():
    known = set(NAMED) | set(SHIFTED) | set(LETTERS)
    assert known == {chr(number) for number in range(0x20, 0x7F)}


def test_caps_lock_turns_letters_and_nothing_else():
    events = press("KEY_CAPSLOCK") + press("KEY_A") + press("KEY_1") + with_held("KEY_LEFTSHIFT", "KEY_A")
    assert decoded(events) == "A1a"
    assert decoded(press("KEY_CAPSLOCK") * 2 + press("KEY_A")) == "a"


@pytest.mark.parametrize(("name", "end"), [("KEY_ENTER", "\r"), ("KEY_KPENTER", "\r"), ("KEY_TAB", "\t")])
def test_it_ends_a_code_with_enter_and_tab(name, end):
    assert decoded(press(name)) == end


@pytest.mark.parametrize(
    "modifier",
    ["KEY_LEFTCTRL", "KEY_RIGHTCTRL", "KEY_LEFTALT", "KEY_RIGHTALT", "KEY_LEFTMETA", "KEY_RIGHTMETA"],
)
def test_a_key_with_ctrl_alt_or_meta_spoils_the_code(modifier):
    events = press("KEY_A") + with_held(modifier, "KEY_R") + press("KEY_B") + press("KEY_ENTER")
    assert decoded(events) == "a\x00b\r"
    assert ScannerFraming().feed(decoded(events).encode()) == [Unscannable.ALPHABET]


@pytest.mark.parametrize(
    "name", ["KEY_F1", "KEY_ESC", "KEY_BACKSPACE", "KEY_SYSRQ", "KEY_POWER", "KEY_UP", "KEY_DELETE"]
)
def test_a_key_that_no_code_may_press_spoils_it(name):
    assert decoded(press(name)).encode() == SPOILED


def test_num_lock_changes_nothing():
    assert decoded(press("KEY_NUMLOCK") + press("KEY_KP7")) == "7"


def test_a_key_held_down_counts_once():
    assert (
        decoded([Key(code("KEY_A"), 1), Key(code("KEY_A"), 2), Key(code("KEY_A"), 2), Key(code("KEY_A"), 0)])
        == "a"
    )


def test_lost_events_spoil_the_code_and_let_go_of_every_modifier():
    assert decoded([Key(code("KEY_LEFTSHIFT"), 1), KeysLost(), *press("KEY_A")]) == "\x00a"


def test_a_code_reads_through_decoder_and_framing():
    events = with_held("KEY_LEFTSHIFT", "KEY_M") + press("KEY_1") + press("KEY_DOT") + press("KEY_ENTER")
    (scan,) = ScannerFraming().feed(decoded(events).encode())
    assert isinstance(scan, Scan)
    assert scan.text.reveal() == "M1."


def entered(*names):
    entry = KeypadEntry()
    return [change for name in names for key in press(name) if (change := entry.feed(key)) is not None]


def test_the_keypad_hands_digits_of_both_rows_over_at_enter():
    assert entered("KEY_KP4", "KEY_7", "KEY_KP1", "KEY_KPENTER") == [
        Typed(1),
        Typed(2),
        Typed(3),
        Entered("471"),
    ]


def test_the_keypad_takes_back():
    assert entered("KEY_1", "KEY_2", "KEY_BACKSPACE", "KEY_3", "KEY_ENTER")[-1] == Entered("13")
    assert entered("KEY_1", "KEY_ESC", "KEY_2", "KEY_ENTER")[-1] == Entered("2")
    assert entered("KEY_BACKSPACE") == [Typed(0)]


def test_the_keypad_ignores_other_keys():
    assert entered("KEY_A", "KEY_KPDOT", "KEY_F1", "KEY_LEFTCTRL", "KEY_TAB") == []


def test_the_keypad_makes_nothing_of_enter_alone():
    assert entered("KEY_ENTER", "KEY_ENTER") == []


def test_the_keypad_takes_a_bounded_number_of_digits():
    assert entered(*["KEY_1"] * (MOST_DIGITS + 5), "KEY_ENTER")[-1] == Entered("1" * MOST_DIGITS)


def test_the_keypad_starts_anew_after_enter_and_after_clearing():
    entry = KeypadEntry()
    for name in ("KEY_1", "KEY_ENTER", "KEY_2"):
        entry.feed(press(name)[0])
    assert entry.clear() == Typed(0)
    assert entry.clear() is None
    assert entry.feed(press("KEY_ENTER")[0]) is None


def test_the_keypad_clears_the_field_when_events_were_lost():
    entry = KeypadEntry()
    entry.feed(press("KEY_1")[0])
    assert entry.feed(KeysLost()) == Typed(0)


def test_the_keypad_counts_a_key_held_down_once():
    entry = KeypadEntry()
    entry.feed(Key(code("KEY_1"), 1))
    assert entry.feed(Key(code("KEY_1"), 2)) is None
