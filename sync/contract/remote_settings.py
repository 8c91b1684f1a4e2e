"""The settings that the centre may give a terminal; every other key stays with the terminal's own file.

Never among them: keys, paths, devices and the broker. Who could change those from afar could take the
terminal over, or lose it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from foundation.errors import SettingsError
from foundation.settings import explain
from sync.contract.downlink import SettingValue
from sync.contract.troubles import ContractTrouble


class TerminalDirection(StrEnum):
    """What a scan at this terminal means."""

    TOGGLE = "toggle"  # out for whoever is in, in for everybody else
    IN = "in"
    OUT = "out"
    BREAK = "break"  # out for a break for whoever is in, in for everybody else


ShownSeconds = Annotated[int, Meta(ge=1, le=30)]
QuestionSeconds = Annotated[int, Meta(ge=5, le=120)]
IdleMinutes = Annotated[int, Meta(ge=1, le=60)]
Contact = Annotated[str, Meta(max_length=80)]
SmsNumber = Annotated[str, Meta(max_length=20)]
ScreenLanguage = Literal["", "en", "zh-Hans", "ar"]
DefaultActivity = Annotated[str, Meta(max_length=40)]


RETIRED = frozenset({"debounce_s"})
"""What centres up to 0.1 may still give: numbers of their rules, which terminals take from the roster now."""


class RemoteSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the centre sets at a terminal; a key that is unset is the file's.

    These are the keys that `config/kiosk.toml` promises, in its order; terminals of before a key was added
    refuse it with an alarm, and take the others.
    """

    direction: TerminalDirection | UnsetType = UNSET
    result_shown_s: ShownSeconds | UnsetType = UNSET
    question_shown_s: QuestionSeconds | UnsetType = UNSET
    staff_idle_min: IdleMinutes | UnsetType = UNSET
    contact: Contact | UnsetType = UNSET
    sms_number: SmsNumber | UnsetType = UNSET
    language: ScreenLanguage | UnsetType = UNSET
    activity: DefaultActivity | UnsetType = UNSET

    def given(self) -> dict[str, object]:
        """The keys that are set, with their values."""
        fields = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value for name, value in fields if value is not UNSET}


RETIRED_TO = "the roster brings it; set it in [rules] of the centre's settings"
_NO_SUCH = "no such setting exists"


@dataclass(frozen=True, slots=True)
class RefusedSetting:
    """A key that a terminal does not take from the centre, or a value that is not allowed there.

    One that `is_retired` was a setting before, so a terminal passes over it without an alarm. `allowed` is in
    English: it is msgspec's sentence, and stands in an alarm.
    """

    key: str
    allowed: str
    is_retired: bool = False


def judge_settings(values: Mapping[str, SettingValue]) -> tuple[RemoteSettings, tuple[RefusedSetting, ...]]:
    """The values that a terminal takes, and those that it refuses, each by itself."""
    taken: dict[str, object] = {}
    refused = []
    for key, value in values.items():
        if key in RETIRED:
            refused.append(RefusedSetting(key, RETIRED_TO, is_retired=True))
            continue
        try:
            taken |= msgspec.convert({key: value}, RemoteSettings).given()
        except msgspec.ValidationError as error:
            _, allowed = explain(str(error), RemoteSettings)
            refused.append(RefusedSetting(key, allowed or _NO_SUCH))
    return RemoteSettings(**taken), tuple(refused)  # type: ignore[arg-type] # each was converted above


def read_values(written: Sequence[str]) -> dict[str, SettingValue]:
    """Values as people write them, `result_shown_s=6` for example; raises SettingsError for anything else."""
    values: dict[str, SettingValue] = {}
    for text in written:
        key, equals, value = text.partition("=")
        if not equals:
            raise SettingsError(ContractTrouble.NO_SETTING, text=text)
        values |= _typed(key.strip(), value.strip())
    return values


def _typed(key: str, text: str) -> dict[str, SettingValue]:
    """The value as its setting wants it, a number for example; as it is written where that can't be."""
    try:
        given = msgspec.convert({key: text}, RemoteSettings, strict=False).given()
    except msgspec.ValidationError:
        return {key: text}
    return msgspec.convert(given, dict[str, SettingValue])
