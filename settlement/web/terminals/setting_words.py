"""How settings of terminals are read from forms and told on pages: their names, kinds and values in words."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from msgspec import Struct

from foundation.errors import SettingsError
from foundation.words import LANGUAGES, Words
from settlement.downlink.settings_changes import SettingChange
from settlement.models import AuditRecord
from settlement.troubles import CentreTrouble
from sync.contract.downlink import SettingValue
from sync.contract.remote_settings import RemoteSettings, TerminalDirection, judge_settings, read_values

_CHOICES = {"direction": [*map(str, TerminalDirection)], "language": ["", *LANGUAGES]}
_NUMBERS = {"result_shown_s": (1, 30), "question_shown_s": (5, 120), "staff_idle_min": (1, 60)}


class Field(Struct, frozen=True):
    """One setting of the form; `is_given`: the centre sets it, else the terminal's own file does."""

    key: str
    said: str
    is_given: bool
    value: str
    choices: list[tuple[str, str]]
    least: int | None
    most: int | None


def settings_named(request: HttpRequest, keys: list[str]) -> dict[str, SettingValue]:
    """The values of these settings in a form, each as its kind wants it."""
    known = [key for key in keys if key in RemoteSettings.__struct_fields__]
    return read_values([f"{key}={request.POST.get(key, '')[:200]}" for key in known])


def why_refused(values: Mapping[str, SettingValue], words: Words) -> str:
    """Why no terminal takes these; "" where each does."""
    _, refused = judge_settings(values)
    if not refused:
        return ""
    told = [f"{one.key}: {one.allowed}" for one in refused]
    return words.trouble(SettingsError(CentreTrouble.SETTINGS_REFUSED, refused=told).trouble)


def fields_of(held: Mapping[str, Any], words: Words) -> list[Field]:
    """Every setting for a form, with what is given now."""
    fields = []
    for key in RemoteSettings.__struct_fields__:
        least, most = _NUMBERS.get(key, (None, None))
        choices = [(one, _choice(key, one, words)) for one in _CHOICES.get(key, ())]
        value = str(held.get(key, ""))
        fields.append(Field(key, words.code("setting", key), key in held, value, choices, least, most))
    return fields


def changes_said(rows: list[SettingChange], words: Words) -> list[tuple[str, str, str]]:
    """What differs: the setting, and its values before and after in words."""
    return [
        (words.code("setting", one.key), _said(one.key, one.before, words), _said(one.key, one.after, words))
        for one in rows
    ]


def values_of(row: AuditRecord, name: str) -> Mapping[str, Any] | None:
    """The settings `before` or `after` a change that is on record; None for none."""
    found: Mapping[str, Any] | None = getattr(getattr(row, "values", None), name, None)
    return found


def _said(key: str, value: object, words: Words) -> str:
    if value is None:
        return words.say("terminals-own_file")
    return _choice(key, str(value), words) if key in _CHOICES else str(value)


def _choice(key: str, value: str, words: Words) -> str:
    if key == "language":
        return Words(value).say("language-name") if value else words.say("terminals-language_of_site")
    return words.code("direction", value)
