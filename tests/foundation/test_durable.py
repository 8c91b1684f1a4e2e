import os
import stat

from foundation.durable import sync_folder, write_synced


def test_a_file_is_whole_before_it_is_synchronised(tmp_path, monkeypatch):
    path = tmp_path / "kept"
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    write_synced(path, b"seven b")
    assert sizes == [7]


def test_it_takes_the_place_of_what_was_there_with_a_mode_of_its_own(tmp_path):
    path = tmp_path / "kept"
    path.write_bytes(b"open to all, and longer")
    write_synced(path, b"mine", 0o600)
    assert path.read_bytes() == b"mine"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_is_synchronised_as_such(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    sync_folder(tmp_path)
    assert synced == [tmp_path.stat().st_ino]
