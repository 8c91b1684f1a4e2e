import gzip
import re

import pytest

from foundation.errors import SettingsError
from foundation.words import LANGUAGES, Direction, Words, message_ids
from kiosk.screens.block_letters import block_letters, letters_of
from kiosk.screens.display import display
from kiosk.screens.glyphs import glyph, read_glyph

SPOKEN = re.compile(
    r"(result|reason|done|denied|question|take_back|idle|checking|typing|out_of_order|not_enrolled)-"
)
"""What the middle of the volunteers' screen says."""


def test_a_square_dot_is_a_cell_wide_and_half_a_row_high():
    assert block_letters("1", 8) == ["   ▄██  ", "  ▀▀██  ", "    ██  ", "    ██  ", "  ▄▄██▄▄"]


def test_letters_are_condensed_where_there_is_less_room():
    assert block_letters("1", 7) == [" ▗█ ", " ▀█ ", "  █ ", "  █ ", " ▄█▄"]


def test_it_draws_nothing_where_there_is_no_room():
    assert block_letters("1", 3) == []
    assert block_letters("1", 80, 4) == []


def test_letters_grow_with_the_room():
    sizes = [block_letters("1", width, height) for width, height in ((8, 5), (16, 10), (24, 15), (240, 67))]
    assert [(len(lines[0]), len(lines)) for lines in sizes] == [(8, 5), (16, 10), (24, 15), (48, 30)]


def test_chinese_is_never_condensed_what_stands_beside_it_is():
    assert {len(line) for line in block_letters("签", 16)} == {16}
    assert block_letters("签", 15) == []
    assert {len(line) for line in block_letters("✔ 签", 26)} == {26}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_is_said_in_large_letters_has_glyphs(language):
    words = Words(language)
    spoken = [
        words.say(name) for name in message_ids(language) if SPOKEN.match(name) and "-unknown" not in name
    ]
    shown = {character for text in spoken for character in display(text, words.direction)}
    assert {character for character in shown if glyph(character) is None} == set()


@pytest.mark.parametrize("name", ["李明", "司馬光", "Nguyễn Thị Ánh", "Жанна Ё", "Ελένη", "김철수", "さくら"])
def test_names_of_many_scripts_have_glyphs(name):
    assert letters_of(name, 1, 2)


def test_a_text_without_glyphs_is_not_drawn():
    assert block_letters("𝄞", 80) == []


def test_an_empty_text_is_not_drawn():
    assert block_letters("", 80) == []


def test_all_lines_of_arabic_are_in_visual_order():
    assert block_letters(display("لم", Direction.RTL), 80) != block_letters(display("مل", Direction.RTL), 80)


@pytest.mark.parametrize("line", ["0041:zz", "0041:1", "0041:"])
def test_a_damaged_file_is_named_with_the_line(tmp_path, line):
    (tmp_path / "letters.hex.gz").write_bytes(gzip.compress(f"# comment\n{line}\n".encode()))
    with pytest.raises(SettingsError, match=r"letters\.hex\.gz, .* is no glyph"):
        read_glyph(tmp_path / "letters.hex.gz", "A")
