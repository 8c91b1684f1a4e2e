import shutil
from pathlib import Path

import pytest

from foundation.errors import SettingsError
from kiosk.storage.encrypted_files import AtRest, delete_durably

NAMES = "李明, سارة".encode()


@pytest.fixture
def at_rest(tmp_path):
    return AtRest(tmp_path / "state", tmp_path / "state" / "device.secret")


def test_what_is_kept_comes_back_after_a_restart_and_is_replaced_whole(at_rest, tmp_path):
    at_rest.keep("roster", NAMES)
    again = AtRest(tmp_path / "state", tmp_path / "state" / "device.secret")
    assert again.read("roster") == NAMES
    again.keep("roster", b"")
    assert at_rest.read("roster") == b""
    assert at_rest.read("settings") is None


def test_no_name_stands_in_the_file_and_nobody_else_may_read_it(at_rest, tmp_path):
    at_rest.keep("roster", NAMES)
    files = sorted((tmp_path / "state").iterdir())
    assert [file.name for file in files] == ["device.secret", "roster.kept"]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert "李明".encode() not in files[1].read_bytes()


def test_the_same_content_is_never_written_the_same_way_twice(at_rest, tmp_path):
    at_rest.keep("roster", NAMES)
    first = (tmp_path / "state" / "roster.kept").read_bytes()
    at_rest.keep("roster", NAMES)
    assert (tmp_path / "state" / "roster.kept").read_bytes() != first


def test_a_file_that_was_changed_anywhere_is_refused(at_rest, tmp_path):
    at_rest.keep("roster", NAMES)
    file = tmp_path / "state" / "roster.kept"
    content = file.read_bytes()
    for place in range(len(content)):
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(SettingsError, match="can't be used"):
            at_rest.read("roster")
    for length in range(len(content)):
        file.write_bytes(content[:length])
        with pytest.raises(SettingsError, match="can't be used"):
            at_rest.read("roster")


def test_one_file_can_not_pass_for_another(at_rest, tmp_path):
    at_rest.keep("settings", NAMES)
    shutil.copy(tmp_path / "state" / "settings.kept", tmp_path / "state" / "roster.kept")
    with pytest.raises(SettingsError, match="written on another device"):
        at_rest.read("roster")


def test_another_devices_secret_opens_nothing(at_rest, tmp_path):
    at_rest.keep("roster", NAMES)
    other = AtRest(tmp_path / "other", tmp_path / "other" / "device.secret")
    other.keep("roster", b"other")
    shutil.copy(tmp_path / "state" / "roster.kept", tmp_path / "other" / "roster.kept")
    with pytest.raises(SettingsError, match="written on another device"):
        other.read("roster")


@pytest.mark.parametrize("secret", [None, "", "not hex", "00" * 31])
def test_without_its_secret_it_can_not_be_read_and_the_next_content_can(at_rest, tmp_path, secret):
    at_rest.keep("roster", NAMES)
    file = tmp_path / "state" / "device.secret"
    file.unlink()
    if secret is not None:
        file.write_text(secret)
    with pytest.raises(SettingsError, match="not written on this device"):
        at_rest.read("roster")
    at_rest.keep("roster", b"new")
    assert at_rest.read("roster") == b"new"


def test_what_is_forgotten_is_gone_with_the_secret(at_rest, tmp_path):
    at_rest.keep("roster", NAMES)
    at_rest.keep("whatever comes later", b"{}")
    (tmp_path / "state" / "codes.kept.unfinished").write_bytes(b"half")
    (tmp_path / "state" / "device.secret.unfinished").write_bytes(b"half")
    (tmp_path / "state" / "log.db").write_bytes(b"evidence")
    at_rest.forget_everything()
    assert [file.name for file in (tmp_path / "state").iterdir()] == ["log.db"]
    at_rest.forget_everything()


def test_nothing_is_to_be_forgotten_where_nothing_was_kept(at_rest, tmp_path):
    at_rest.forget_everything()
    assert not (tmp_path / "state").exists()


def test_what_can_not_be_deleted_is_named_and_the_rest_is_gone(at_rest, tmp_path):
    at_rest.keep("roster", NAMES)
    (tmp_path / "state" / "orders.kept").mkdir()
    with pytest.raises(SettingsError, match=r"Not deleted: .*orders\.kept \(Is a directory\)"):
        at_rest.forget_everything()
    assert [file.name for file in (tmp_path / "state").iterdir()] == ["orders.kept"]


def test_nothing_is_kept_once_everything_is_forgotten(at_rest, tmp_path):
    at_rest.keep("roster", NAMES)
    at_rest.forget_everything()
    with pytest.raises(SettingsError, match=r"roster\.kept was not written: this terminal was told to"):
        at_rest.keep("roster", NAMES)
    assert list((tmp_path / "state").iterdir()) == []


def test_what_is_written_while_everything_is_forgotten_does_not_stay(at_rest, tmp_path, monkeypatch):
    replace = Path.replace

    def forgetting(unfinished, path) -> Path:
        if path.suffix == ".kept":
            at_rest.forget_everything()
            unfinished.write_bytes(b"written a moment later")
        return replace(unfinished, path)

    monkeypatch.setattr(Path, "replace", forgetting)
    with pytest.raises(SettingsError, match="was not written"):
        at_rest.keep("roster", NAMES)
    assert list((tmp_path / "state").iterdir()) == []


def test_a_link_is_deleted_with_what_it_points_to(tmp_path):
    (tmp_path / "elsewhere").write_bytes(NAMES)
    (tmp_path / "roster.json").symlink_to(tmp_path / "elsewhere")
    delete_durably(tmp_path / "roster.json", tmp_path / "not there", tmp_path / "no folder" / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_is_told_and_the_old_content_stays(at_rest, tmp_path):
    at_rest.keep("roster", NAMES)
    (tmp_path / "state" / "roster.kept.unfinished").mkdir()
    with pytest.raises(SettingsError, match=r"roster\.kept can't be written: Is a directory"):
        at_rest.keep("roster", b"new")
    assert at_rest.read("roster") == NAMES


def test_an_unfinished_file_of_a_power_cut_is_in_nobodys_way(at_rest, tmp_path):
    at_rest.keep("roster", NAMES)
    (tmp_path / "state" / "roster.kept.unfinished").write_bytes(b"half")
    at_rest.keep("roster", b"new")
    assert at_rest.read("roster") == b"new"
