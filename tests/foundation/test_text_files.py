"""Files that people wrote with any editor: read in every form of Unicode, else told with place and cure."""

import msgspec
import pytest

from foundation.errors import SettingsError
from foundation.look_alikes import look_alike_in
from foundation.text_files import (
    NotEncodedError,
    decoded,
    read_json,
    read_text,
    read_toml_tables,
    said_encoding,
)
from foundation.troubles import FileTrouble

TOML = 'name = "李梅"\n[part]\nport = 3\n'
FORMS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.fixture
def file(tmp_path):
    def written(content):
        path = tmp_path / "site.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_form_of_unicode_and_every_end_of_a_line_is_read(file, form, end):
    content = TOML.replace("\n", end).encode(form)
    assert read_toml_tables(file(content)) == {"name": "李梅", "part": {"port": 3}}


def test_the_end_of_file_of_old_systems_is_no_part_of_a_text(file):
    assert read_toml_tables(file(b"a = 1\r\n\x1a")) == {"a": 1}
    assert read_json(file(b'{"a": 1}\x1a\0\0'), dict) == {"a": 1}


@pytest.mark.parametrize("form", FORMS)
def test_json_is_read_in_every_form_of_unicode(file, form):
    assert read_json(file('{"name": "李梅", "places": [1]}'.encode(form)), dict) == {
        "name": "李梅",
        "places": [1],
    }


def test_bytes_that_are_marked_are_never_read_otherwise():
    assert decoded("\ufeff王".encode(), "gb18030") == "王"
    assert decoded("王".encode("gb18030"), "gb18030") == "王"


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"number,name\n", None),
        (b"", None),
        ("A\0B,李\n".encode(), None),
        ("志愿者名单\nnumber,name\n".encode("utf-16-le"), "utf-16-le"),
        ("志愿者名单\nnumber,name\n".encode("utf-16-be"), "utf-16-be"),
        (bytes(100), None),
    ],
)
def test_zeros_at_every_second_place_say_utf_16(content, form):
    assert said_encoding(content) == form


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "cp1252", "cp1256", "cp1251", "shift_jis"])
def test_another_encoding_is_told_with_its_line_and_the_cure(file, encoding):
    text = {"cp1252": "José", "cp1256": "محمد", "cp1251": "Иван"}.get(encoding, "王明")
    with pytest.raises(SettingsError) as refused:
        read_text(file(f'port = 3\nname = "{text}"\n'.encode(encoding)))
    assert refused.value.trouble.code == FileTrouble.FILE_NOT_ENCODED
    assert "site.toml, line 2: byte " in refused.value.what
    assert "Save the file as UTF-8" in refused.value.remedy


def test_a_torn_utf_16_is_told():
    with pytest.raises(NotEncodedError) as refused:
        decoded(b"\xff\xfea\0b")
    assert (refused.value.encoding, refused.value.byte) == ("UTF-16", 5)


@pytest.mark.parametrize(
    ("text", "place", "sign", "wanted"),
    [
        ("code = “urumqi”", (1, 8), "“", '"'),
        ("a = 1\ncode = „urumqi“", (2, 8), "„", '"'),
        ("code = ‘urumqi’", (1, 8), "‘", "'"),
        ('code = "urumqi”\nname = "x"', (1, 15), "”", '"'),
        ("code = 'urumqi’", (1, 15), "’", "'"),
        ('zones = ["a"，"b"]', (1, 13), "，", ","),
        ('zones = ["a"、"b"]', (1, 13), "、", ","),
        ('zones = ["a"، "b"]', (1, 13), "،", ","),
        ('code ＝ "urumqi"', (1, 6), "＝", "="),
        ("［site］", (1, 1), "［", "["),
        ("port = １", (1, 8), "１", "1"),
        ("port = ٣", (1, 8), "٣", "3"),
        ("port = –3", (1, 8), "–", "-"),
        ("port\u3000= 3", (1, 5), "\u3000", " "),
        ("port\u00a0= 3", (1, 5), "\u00a0", " "),
        ("port\u200b = 3", (1, 5), "\u200b", ""),
        ("port = 3 ＃ spare", (1, 10), "＃", "#"),
        ('# “quoted”, as it was\na = "“”，" # ，\nb = “x”', (3, 5), "“", '"'),
        ("a = '''\n“\n'''\nb = “x”", (4, 5), "“", '"'),
        ('a = "say \\"“\\""\nb = “x”', (2, 5), "“", '"'),
        ('a = ""\nb = “x”', (2, 5), "“", '"'),
    ],
)
def test_a_sign_of_a_word_processor_is_told_with_its_place_and_what_is_wanted(
    file, text, place, sign, wanted
):
    found = look_alike_in(text, comments=True)
    assert found == (*place, sign, wanted)
    with pytest.raises(SettingsError) as refused:
        read_toml_tables(file(text))
    assert f"line {place[0]}, column {place[1]}: " in refused.value.what
    assert f"U+{ord(sign):04X}" in refused.value.what


@pytest.mark.parametrize(
    "text", ["a = 1 = 2", 'a = "x', "名 = 1", "# “\na = ", "a = 'it’s'\nb =", "a = '''x“"]
)
def test_what_is_wrong_otherwise_is_told_by_the_parser(file, text):
    assert look_alike_in(text, comments=True) is None
    with pytest.raises(SettingsError, match=r"can't be read: .*\(at (line|end)"):
        read_toml_tables(file(text))


def test_the_signs_within_strings_and_comments_are_text(file):
    assert read_toml_tables(file('# “\na = "“李”，\u3000＝"\n')) == {"a": "“李”，\u3000＝"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": “b”}', 'line 1, column 7: “ .U.201C. stands where " is wanted'),
        ('{\n  "a"： 1}', "line 2, column 6: ："),
        ('{"a": 1，"b": 2}', "line 1, column 8: ，"),
        ('{"a": ‘b’}', 'line 1, column 7: ‘ .U.2018. stands where " is wanted'),
        ('{"a": "#"，"b": 2}', "line 1, column 10: ，"),
        ('{"a":\u00a01}', r"line 1, column 6: U\+00A0 stands where U\+0020"),
        ('{"a":\u200b1}', r"line 1, column 6: U\+200B is not seen"),
    ],
)
def test_json_is_told_in_the_same_way(file, text, told):
    with pytest.raises(SettingsError, match=told):
        read_json(file(text), dict)


def test_other_flaws_of_json_are_told_with_line_and_column(file):
    with pytest.raises(msgspec.DecodeError, match=r"\(line 2, column 9\)"):
        read_json(file('{"李": 1,\n"b": [1 2]}'), dict)


def test_a_folder_and_a_missing_file_are_told(tmp_path):
    for path in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(SettingsError, match="can't be read"):
            read_text(path)
