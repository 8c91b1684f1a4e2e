import msgspec
import pytest

from foundation.errors import SettingsError
from kiosk.settings import KioskSettings
from sync.contract.remote_settings import RemoteSettings, judge_settings, read_values


def test_each_value_is_judged_by_itself():
    taken, refused = judge_settings({"direction": "up", "debounce_s": 30, "contact": "x" * 81, "port": 1})
    assert taken.given() == {"debounce_s": 30}
    assert {one.key: one.allowed for one in refused} == {
        "direction": "invalid enum value 'up', expected one of 'toggle', 'in', 'out'",
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


def test_people_write_values_as_in_a_shell():
    written = ["debounce_s=30", "contact = 139 0000", "sms_number=+86=1", "broker=x"]
    assert read_values(written) == {
        "debounce_s": 30,
        "contact": "139 0000",
        "sms_number": "+86=1",
        "broker": "x",
    }


def test_what_is_no_setting_is_told():
    with pytest.raises(SettingsError, match=r"'debounce_s' is no setting.*KEY=VALUE"):
        read_values(["debounce_s"])
