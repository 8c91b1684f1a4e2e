"""Screens run under accounts that may not read the settings, since keys lie beside those."""

import os
from pathlib import Path

import pytest

from foundation.errors import SettingsError
from kiosk.settings import socket_named_by


def test_a_screen_finds_the_socket_that_the_settings_name(tmp_path):
    config = tmp_path / "kiosk.toml"
    config.write_text(f'terminal = "north-gate"\ncentre_key = "{"a" * 64}"\nsocket = "/run/other.sock"\n')
    assert socket_named_by(config) == Path("/run/other.sock")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account here")
def test_an_account_that_may_not_read_the_settings_takes_the_usual_place(tmp_path):
    closed = tmp_path / "muster"
    closed.mkdir(mode=0o700)
    (closed / "kiosk.toml").write_text("")
    os.seteuid(65534)
    try:
        assert socket_named_by(closed / "kiosk.toml") == Path("/run/muster/kiosk.sock")
    finally:
        os.seteuid(0)


def test_settings_that_are_not_there_are_told(tmp_path):
    with pytest.raises(SettingsError, match="does not exist"):
        socket_named_by(tmp_path / "kiosk.toml")
