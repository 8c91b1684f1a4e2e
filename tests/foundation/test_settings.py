from enum import StrEnum
from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from foundation import settings
from foundation.errors import SettingsError
from foundation.troubles import FileTrouble


class Mode(StrEnum):
    FAST = "fast"
    SAFE = "safe"


class Part(Struct, forbid_unknown_fields=True):
    name: str
    mode: Mode = Mode.SAFE
    baud: Literal[9600, 19200] = 9600


class Whole(Struct, forbid_unknown_fields=True):
    count: Annotated[int, Meta(ge=1, le=9)]
    part: Part | None = None
    parts: list[Part] = []
    mode: Mode = Mode.SAFE
    phases: tuple[tuple[Mode, int], ...] = ()


@pytest.fixture
def load(tmp_path):
    def written(text: str | bytes) -> Whole:
        path = tmp_path / "whole.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return settings.load(path, Whole)

    return written


def test_settings_become_typed_values(load):
    text = 'count = 3\nmode = "fast"\n[[parts]]\nname = "a"\nbaud = 19200\n'
    assert load(text) == Whole(3, None, [Part("a", baud=19200)], Mode.FAST)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("count = 3\ncuont = 4", "key 'cuont': no such setting exists"),
        ('count = 3\n[part]\nname = "a"\nspeed = 1', "key 'part.speed': no such setting exists"),
        ('count = "three"', "key 'count': expected `int`, got `str`"),
        ("count = 3.0", "key 'count': expected `int`, got `float`"),
        ("count = 10", "key 'count': expected `int` <= 9"),
        ("", "the file: object missing required field `count`"),
        ("count = 3\n[[parts]]", "key 'parts[0]': object missing required field `name`"),
        (
            'count = 3\nphases = [["slow", 1]]',
            "key 'phases[0][0]': invalid enum value 'slow', expected one of 'fast', 'safe'",
        ),
        ('count = 3\nmode = "slow"', "key 'mode': invalid enum value 'slow', expected one of 'fast', 'safe'"),
        (
            'count = 3\n[[parts]]\nname = "a"\n[[parts]]\nname = "b"\nmode = "slow"',
            "key 'parts[1].mode': invalid enum value 'slow', expected one of 'fast', 'safe'",
        ),
        (
            'count = 3\n[[parts]]\nname = "a"\nbaud = 300',
            "key 'parts[0].baud': invalid enum value 300, expected one of 9600, 19200",
        ),
    ],
)
def test_a_wrong_setting_is_told_with_file_key_and_what_is_allowed(load, text, told):
    with pytest.raises(SettingsError) as refused:
        load(text)
    assert "whole.toml" in refused.value.what
    assert told in refused.value.what
    assert refused.value.remedy == "Correct the key; the shipped file explains it."


def test_a_missing_file_is_told_with_where_to_get_one(tmp_path):
    with pytest.raises(SettingsError, match=r"kiosk\.toml does not exist.*Copy .*config.kiosk\.toml there"):
        settings.load(tmp_path / "kiosk.toml", Whole)


@pytest.mark.parametrize("text", ["count = ", "count = 3\ncount = 4", "count = 3\nname"])
def test_what_is_no_settings_file_is_told(load, text):
    with pytest.raises(SettingsError, match=r"whole\.toml can't be read: .*Correct the file"):
        load(text)


def test_a_folder_is_no_settings_file(tmp_path):
    with pytest.raises(SettingsError, match="can't be read"):
        settings.load(tmp_path, Whole)


def test_a_shipped_file_is_found_in_a_checkout():
    assert settings.shipped("kiosk.toml").is_file()
    assert settings.shipped("rules.md", "docs").is_file()


def test_settings_that_this_account_may_not_look_for_are_told_so(tmp_path, monkeypatch):
    path = tmp_path / "whole.toml"

    def forbidden(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    # Tests may run as root, who may look everywhere.
    monkeypatch.setattr("pathlib.Path.stat", forbidden)
    monkeypatch.setattr("pathlib.Path.read_bytes", forbidden)
    with pytest.raises(SettingsError) as refused:
        settings.load(path, Whole)
    assert refused.value.trouble.code == FileTrouble.SETTINGS_FORBIDDEN
