import pytest

from foundation.errors import SettingsError
from foundation.words import Direction
from kiosk.screens.block_letters import block_letters, read_glyphs
from kiosk.screens.display import display
from kiosk.screens.volunteer_view import large_texts


def test_it_draws_with_one_dot_to_a_cell_where_there_is_room():
    assert block_letters("1", 8) == ["   ▄██  ", "  ▀▀██  ", "    ██  ", "    ██  ", "  ▄▄██▄▄"]


def test_it_draws_with_two_dots_to_a_cell_where_there_is_less():
    assert block_letters("1", 7) == [" ▗█ ", " ▀█ ", "  █ ", "  █ ", " ▄█▄"]


def test_it_draws_nothing_where_there_is_no_room():
    assert block_letters("1", 3) == []


def test_chinese_takes_twice_the_width_of_latin():
    assert {len(line) for line in block_letters("签", 16)} == {16}
    assert {len(line) for line in block_letters("签", 15)} == {8}


@pytest.mark.parametrize("text", large_texts())
def test_every_large_text_of_every_language_fits_a_terminal_of_80_columns(text):
    lines = block_letters(text, 76)
    assert 0 < len(lines) <= 8
    assert len({len(line) for line in lines}) == 1


def test_a_text_without_glyphs_is_not_drawn():
    assert block_letters("Ж", 80) == []


def test_an_empty_text_is_not_drawn():
    assert block_letters("", 80) == []


def test_all_lines_of_arabic_are_in_visual_order():
    assert block_letters(display("لم", Direction.RTL), 80) != block_letters(display("مل", Direction.RTL), 80)


@pytest.mark.parametrize("line", ["0041:zz", "0041", "110000:" + "0" * 32, "0041:1"])
def test_a_damaged_file_is_named_with_the_line(tmp_path, line):
    (tmp_path / "letters.hex").write_text(f"# comment\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"letters\.hex, .* is no glyph"):
        read_glyphs(tmp_path / "letters.hex")
