"""What keys mean in each layout, held against xkeyboard-config itself where it is installed."""

import ctypes

import pytest

from drivers.keyboard.keys import SPOILED, Key, KeyDecoder, KeysLost
from drivers.keyboard.layouts import ALT_GR, SHIFT, Layout, character, retyped

BADGE_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""Of base45 (RFC 9285)."""
CODES = [*range(2, 14), *range(16, 28), *range(30, 42), *range(43, 54), 86, 89]
ALT, RIGHT_ALT, LEFT_SHIFT = 56, 100, 42


class _Names(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options"))


@pytest.fixture(scope="module")
def xkb():
    """What a key gives by libxkbcommon: `xkb(layout, code, level)`, empty beyond ASCII."""
    try:
        library = ctypes.CDLL("libxkbcommon.so.0")
    except OSError:
        pytest.skip("apt-get install libxkbcommon0 xkb-data")
    library.xkb_context_new.restype = ctypes.c_void_p
    library.xkb_keymap_new_from_names.restype = ctypes.c_void_p
    library.xkb_keymap_new_from_names.argtypes = (ctypes.c_void_p, ctypes.POINTER(_Names), ctypes.c_int)
    symbols_type = ctypes.POINTER(ctypes.POINTER(ctypes.c_uint32))
    by_level = library.xkb_keymap_key_get_syms_by_level
    by_level.argtypes = (ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_uint32, symbols_type)
    library.xkb_keysym_to_utf32.restype = ctypes.c_uint32
    context = library.xkb_context_new(0)
    keymaps = {}

    def keymap(layout):
        if layout not in keymaps:
            names = _Names(b"evdev", b"pc105", str(layout).encode(), b"", b"")
            keymaps[layout] = library.xkb_keymap_new_from_names(context, ctypes.byref(names), 0)
        if not keymaps[layout]:
            pytest.skip("apt-get install xkb-data")
        return keymaps[layout]

    def meaning(layout, code, level):
        symbols = ctypes.POINTER(ctypes.c_uint32)()
        count = by_level(keymap(layout), code + 8, 0, level, ctypes.byref(symbols))
        point = library.xkb_keysym_to_utf32(symbols[0]) if count == 1 else 0
        return chr(point) if " " < chr(point) <= "~" else ""

    return meaning


@pytest.mark.parametrize("layout", Layout)
def test_every_key_means_what_xkeyboard_config_says(layout, xkb):
    said = {(code, level): xkb(layout, code, level) for code in CODES for level in (0, SHIFT, ALT_GR)}
    assert {place: character(layout, *place) for place in said} == said


def keys_for(text, layout):
    """The key events by which a scanner of that layout types a text."""
    places = {character(layout, code, level): (code, level) for level in (ALT_GR, SHIFT, 0) for code in CODES}
    events = []
    for one in text:
        code, level = (57, 0) if one == " " else places[one]
        held = [Key({SHIFT: LEFT_SHIFT, ALT_GR: RIGHT_ALT}[level], 1)] if level else []
        events += [*held, Key(code, 1), Key(code, 0), *(Key(key.code, 0) for key in held)]
    return events


@pytest.mark.parametrize("layout", Layout)
def test_a_scanner_types_a_badge_by_its_layout(layout):
    decoder = KeyDecoder(layout)
    assert b"".join(map(decoder.feed, keys_for(BADGE_ALPHABET, layout))).decode() == BADGE_ALPHABET


WITHOUT_ALT_GR = [layout for layout in Layout if layout not in {"us", "se", "dk", "no", "tr", "br"}]
"""Of the others a badge needs AltGr, or a key that keyboards of the US lack: a US setting can't read it."""


@pytest.mark.parametrize("layout", WITHOUT_ALT_GR)
def test_what_was_typed_by_another_layout_than_the_setting_is_found_again(layout):
    decoder = KeyDecoder()
    typed = b"".join(map(decoder.feed, keys_for(BADGE_ALPHABET, layout)))
    assert SPOILED not in typed
    assert (layout, BADGE_ALPHABET) in list(retyped(typed.decode()))


def test_alt_gr_gives_what_a_layout_has_there_and_nothing_where_it_has_none():
    held = [Key(RIGHT_ALT, 1), Key(16, 1), Key(16, 0), Key(RIGHT_ALT, 0)]
    assert b"".join(map(KeyDecoder(Layout.DE).feed, held)) == b"@"
    assert b"".join(map(KeyDecoder(Layout.US).feed, held)) == SPOILED


ON_THE_PAD = dict(zip("7894561230", (71, 72, 73, 75, 76, 77, 79, 80, 81, 82), strict=True))


def with_alt(number):
    pressed = [Key(ON_THE_PAD[digit], value) for digit in number for value in (1, 0)]
    return [Key(ALT, 1), *pressed, Key(ALT, 0)]


@pytest.mark.parametrize(
    ("number", "typed"),
    [
        ("77", b"M"),
        ("0066", b"B"),
        ("049", b"1"),
        ("58", b":"),
        ("13", b"\r"),
        ("7", SPOILED),
        ("233", SPOILED),
    ],
)
def test_a_character_is_typed_as_alt_and_its_number(number, typed):
    decoder = KeyDecoder(Layout.FR)
    assert b"".join(map(decoder.feed, with_alt(number))) == typed


def test_caps_lock_leaves_what_stands_on_alt_gr():
    caps_and_at = [Key(58, 1), Key(58, 0), Key(RIGHT_ALT, 1), Key(16, 1), Key(16, 0), Key(RIGHT_ALT, 0)]
    assert b"".join(map(KeyDecoder(Layout.DE).feed, caps_and_at)) == b"@"


def test_a_number_that_was_cut_off_by_lost_keys_is_no_part_of_the_next():
    events = [*with_alt("77")[:3], KeysLost(), *with_alt("66")]
    assert b"".join(map(KeyDecoder().feed, events)) == SPOILED + b"B"


def test_alt_with_anything_else_spoils_the_code():
    letter = [Key(ALT, 1), Key(16, 1), Key(16, 0), Key(ALT, 0)]
    sign = [*with_alt("77")[:-1], Key(74, 1)]
    for events in (letter, sign, with_alt("12345")):
        assert SPOILED in b"".join(map(KeyDecoder().feed, events))
