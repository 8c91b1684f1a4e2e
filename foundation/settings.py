"""Settings files: TOML into typed values, refused at start with the file, the key and what is allowed."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import inspect

from foundation.errors import SettingsError
from foundation.text_files import read_toml_tables
from foundation.troubles import FileTrouble

Settings = TypeVar("Settings")
_WHAT = "settings file"


def shipped(name: str, folder: str = "config") -> Path:
    """The path of a file that ships, of `config/` or `docs/`, in a checkout or in an installed wheel."""
    here = Path(__file__).parent
    installed = here / folder / name
    return installed if installed.exists() else here.parent / folder / name


def load(path: Path, into: type[Settings], *, retired: Collection[str] = ()) -> Settings:
    """Read `path` into the msgspec Struct `into`.

    Raises SettingsError naming file and key for anything that is not allowed there, unknown keys included;
    only the `retired` ones, settings of an earlier version, are passed over.
    """
    if not is_there(path):
        raise SettingsError(FileTrouble.SETTINGS_MISSING, path=path, shipped=shipped(path.name))
    kept = {key: value for key, value in _tables(path).items() if key not in retired}
    return _converted(path, kept, into)


def is_there(path: Path) -> bool:
    """Whether there is such a file; one that this account may not even look for counts as there."""
    try:
        path.stat()
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def keys_of(path: Path, asked: Collection[str]) -> list[str]:
    """Those of the asked keys that a settings file has, outside its tables; raises SettingsError."""
    return [key for key in _tables(path) if key in asked]


def read_toml(path: Path, into: type[Settings]) -> Settings:
    """Read a TOML file into a msgspec Struct; raises SettingsError naming file and key."""
    return _converted(path, read_toml_tables(path), into)


def _tables(path: Path) -> dict[str, object]:
    try:
        return read_toml_tables(path)
    except SettingsError as error:
        if isinstance(error.__cause__, PermissionError):
            raise SettingsError(FileTrouble.SETTINGS_FORBIDDEN, path=path) from error
        raise


def _converted(path: Path, raw: dict[str, object], into: type[Settings]) -> Settings:
    try:
        return msgspec.convert(raw, into)
    except msgspec.ValidationError as error:
        key, allowed = explain(str(error), into)
        if not allowed:
            raise SettingsError(FileTrouble.SETTING_UNKNOWN, path=path, key=key) from error
        if not key:
            raise SettingsError(FileTrouble.SETTINGS_WRONG, path=path, why=allowed) from error
        raise SettingsError(FileTrouble.SETTING_WRONG, path=path, key=key, why=allowed) from error
    except SettingsError as error:
        raise SettingsError(FileTrouble.IN_FILE, path=path, why=error.trouble) from error


def explain(message: str, into: type) -> tuple[str, str]:
    """Split msgspec's English sentence into the key's dotted path and what is allowed there.

    The path is empty where the whole is wrong, what is allowed where there is no such key.
    """
    allowed, _, where = message.partition(" - at `")
    path = where.rstrip("`").removeprefix("$").removeprefix(".")
    if allowed.startswith("Object contains unknown field `"):
        unknown = allowed.split("`")[1]
        return ".".join(filter(None, (path, unknown))), ""
    if allowed.startswith("Invalid enum value"):
        allowed += f", expected one of {', '.join(_choices(inspect.type_info(into), path))}"
    return path, allowed[0].lower() + allowed[1:]


def _choices(kind: inspect.Type, path: str) -> list[str]:
    """The values that may stand at `path` in settings of this kind."""
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(kind, inspect.StructType):
            kind = next(field.type for field in kind.fields if field.encode_name == step)
        elif isinstance(kind, inspect.TupleType):
            kind = kind.item_types[int(step)] if step.isdigit() else kind
        elif isinstance(kind, inspect.ListType | inspect.VarTupleType):
            kind = kind.item_type
    if isinstance(kind, inspect.LiteralType):
        return [repr(value) for value in kind.values]
    return [repr(str(member)) for member in kind.cls] if isinstance(kind, inspect.EnumType) else []
