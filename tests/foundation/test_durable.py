import os
import stat

import pytest

from foundation.durable import replace_file, replacing, sync_folder, unfinished_of

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kept"


def mode_of(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names_in(folder) -> set[str]:
    return {file.name for file in folder.iterdir()}


def write_half(path) -> None:
    with replacing(path) as file:
        file.write(b"half of the n")
        raise ZeroDivisionError


def test_a_file_takes_its_name_when_it_is_on_the_disk_and_then_its_folder_is_synchronised(path, monkeypatch):
    synced = []

    def fsync(descriptor) -> None:
        status = os.fstat(descriptor)
        synced.append((status.st_size if stat.S_ISREG(status.st_mode) else "folder", path.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    replace_file(path, b"seven b")
    assert synced == [(7, False), ("folder", True)]


def test_what_was_there_is_replaced_whole_with_a_mode_of_its_own(path):
    path.write_bytes(b"open to all, and longer")
    replace_file(path, b"mine", 0o600)
    assert path.read_bytes() == b"mine"
    assert mode_of(path) == 0o600
    assert names_in(path.parent) == {"kept"}


def test_where_no_mode_is_given_the_old_one_is_kept(path):
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"new")
    assert mode_of(path) == 0o640


@as_root
@pytest.mark.parametrize("mode", [None, 0o600])
def test_the_owner_is_kept(path, mode):
    path.write_bytes(b"old")
    os.chown(path, 12, 34)
    replace_file(path, b"new", mode)
    assert (path.stat().st_uid, path.stat().st_gid) == (12, 34)


@as_root
def test_whoever_may_not_give_files_away_replaces_them_all_the_same(path, monkeypatch):
    def refuse(*_) -> None:
        raise PermissionError

    path.write_bytes(b"old")
    os.chown(path, 12, 34)
    monkeypatch.setattr(os, "fchown", refuse)
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"


def test_the_old_file_stays_when_the_new_one_fails_and_nothing_is_left_beside_it(path):
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError):
        write_half(path)
    assert path.read_bytes() == b"old"
    assert names_in(path.parent) == {"kept"}


def test_what_a_power_cut_left_is_in_nobodys_way(path):
    unfinished_of(path).write_bytes(b"half, and longer than the whole")
    replace_file(path, b"whole")
    assert path.read_bytes() == b"whole"
    assert names_in(path.parent) == {"kept"}


def test_a_folder_is_synchronised_as_such(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    sync_folder(tmp_path)
    assert synced == [tmp_path.stat().st_ino]
