import re

import pytest

from foundation.errors import SettingsError
from foundation.settings import shipped
from sync.contract.terminal_name import check_terminal_name


@pytest.mark.parametrize("name", ["north-gate", "gate-1", "a2", "centre-north", "brokerage", "2" * 32])
def test_a_terminal_may_bear_any_other_name(name):
    check_terminal_name(name)


@pytest.mark.parametrize(
    "name", ["", "a", "North", "north_gate", "north gate", "+", "a/b", "#", "a" * 33, "-a"]
)
def test_a_name_that_is_no_id_is_refused(name):
    with pytest.raises(SettingsError, match="north-gate for example"):
        check_terminal_name(name)


@pytest.mark.parametrize(
    "name", ["centre", "centre-2", "centre-17", "broker", "carrier", "probe", "authority", "enrolment"]
)
def test_the_names_of_others_are_refused(name):
    with pytest.raises(SettingsError, match="other rights"):
        check_terminal_name(name)


def test_whoever_has_a_paragraph_in_the_access_list_is_no_terminal():
    named = re.findall(r"^user (\S+)$", shipped("acl.conf").read_text(encoding="utf-8"), re.MULTILINE)
    assert "centre" in named
    for name in named:
        with pytest.raises(SettingsError, match="other rights"):
            check_terminal_name(name)


def test_a_listener_of_another_name_keeps_it_for_itself():
    check_terminal_name("north-listener")
    with pytest.raises(SettingsError, match="other rights"):
        check_terminal_name("north-listener", ("north-listener",))
