import re
import tomllib
from typing import get_args

import msgspec
import pytest

from foundation.errors import SettingsError
from foundation.languages import LANGUAGES
from foundation.settings import shipped
from kiosk.settings import KioskSettings
from sync.contract.remote_settings import RemoteSettings, ScreenLanguage, judge_settings, read_values


def test_each_value_is_judged_by_itself():
    taken, refused = judge_settings({"direction": "up", "result_shown_s": 6, "contact": "x" * 81, "port": 1})
    assert taken.given() == {"result_shown_s": 6}
    assert {one.key: one.allowed for one in refused} == {
        "direction": "invalid enum value 'up', expected one of 'toggle', 'in', 'out', 'break'",
        "contact": "expected `str` of length <= 80",
        "port": "no such setting exists",
    }


@pytest.mark.parametrize(
    "key",
    ["centre_key", "signing_key_file", "pseudonym_key_file", "state_folder", "broker", "realm", "bucket"],
)
def test_no_key_no_path_and_no_realm_can_be_set_from_afar(key):
    _, (refused,) = judge_settings({key: "x"})
    assert refused.allowed == "no such setting exists"


def test_what_can_be_set_from_afar_is_a_setting_of_the_file_too():
    own = {field.name: field.type for field in msgspec.structs.fields(KioskSettings)}
    for field in msgspec.structs.fields(RemoteSettings):
        assert field.type == own[field.name] | msgspec.UnsetType


def test_what_is_a_number_of_the_rules_now_is_refused_with_where_it_stands():
    taken, (refused,) = judge_settings({"debounce_s": 30, "contact": "Li"})
    assert taken.given() == {"contact": "Li"}
    assert refused.is_retired
    assert "[rules]" in refused.allowed


def test_people_write_values_as_in_a_shell():
    written = ["result_shown_s=6", "contact = 139 0000", "sms_number=+86=1", "broker=x"]
    assert read_values(written) == {
        "result_shown_s": 6,
        "contact": "139 0000",
        "sms_number": "+86=1",
        "broker": "x",
    }


def test_what_is_no_setting_is_told():
    with pytest.raises(SettingsError, match=r"'result_shown_s' is no setting.*KEY=VALUE"):
        read_values(["result_shown_s"])


def test_the_centre_takes_what_the_terminals_file_promises_and_nothing_else():
    text = shipped("kiosk.toml").read_text(encoding="utf-8")
    promise = "# The settings from here to `activity` can also be given by the centre"
    assert promise in text
    promised = re.findall(r"^(\w+) =", text.partition(promise)[2].partition("badge_issuers")[0], re.MULTILINE)
    assert promised[-1] == "activity"
    assert tuple(promised) == RemoteSettings.__struct_fields__
    own = tomllib.loads(text)
    taken, refused = judge_settings({key: own[key] for key in promised})
    assert (refused, taken.given()) == ((), {key: own[key] for key in promised})


def test_a_screens_language_is_one_that_muster_speaks():
    assert get_args(ScreenLanguage) == ("", *LANGUAGES)
    _, (refused,) = judge_settings({"language": "de"})
    assert refused.allowed == "invalid enum value 'de', expected one of '', 'ar', 'en', 'zh-Hans'"
