"""The file between engine and service: what `take` takes, and what it deletes unread."""

import os
import socket
import stat

import pytest

from drivers.reading import Secret
from kiosk.provisioning import token_handover
from kiosk.settings import KioskFiles
from sync.contract.enrolment import EnrolmentError, EnrolmentRefusal


@pytest.fixture
def files(tmp_path):
    config = tmp_path / "kiosk.toml"
    config.write_text(f'terminal = "gate-1"\ncentre_key = "{"0" * 64}"\nstate_folder = "state"\n')
    return KioskFiles(config)


@pytest.fixture
def place(files):
    file = token_handover.token_file(files)
    file.parent.mkdir(parents=True)
    return file


def test_what_is_handed_over_is_taken_once(files):
    assert token_handover.take(files) is None
    token_handover.hand_over(files, Secret("MUSTER1.ABC"))
    file = token_handover.token_file(files)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert token_handover.stamp_of(files)
    assert token_handover.take(files) == Secret("MUSTER1.ABC")
    assert token_handover.take(files) is None
    assert token_handover.stamp_of(files) is None


def test_the_next_token_is_another_one(files):
    token_handover.hand_over(files, Secret("MUSTER1.ABC"))
    first = token_handover.stamp_of(files)
    token_handover.hand_over(files, Secret("MUSTER1.ABD"))
    assert token_handover.stamp_of(files) != first
    assert token_handover.take(files) == Secret("MUSTER1.ABD")


def link(place):
    (place.parent.parent / "shadow").write_text("MUSTER1.LINK")
    place.symlink_to(place.parent.parent / "shadow")


def hard_link(place):
    (place.parent.parent / "shadow").write_text("MUSTER1.LINK")
    os.link(place.parent.parent / "shadow", place)


def pipe(place):
    os.mkfifo(place)


def unix_socket(place):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))


def novel(place):
    place.write_text("MUSTER1." + "A" * 2000)


@pytest.mark.parametrize("leave", [link, hard_link, pipe, unix_socket, novel])
def test_what_is_no_plain_small_file_is_deleted_unread(files, place, leave):
    leave(place)
    assert token_handover.take(files) is None
    assert not os.path.lexists(place)
    if leave in (link, hard_link):
        assert (place.parent.parent / "shadow").read_text() == "MUSTER1.LINK"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_owner_than_the_folders_is_deleted_unread(files, place):
    place.write_text("MUSTER1.ABC")
    os.chown(place, 12345, 12345)
    assert token_handover.take(files) is None
    assert not place.exists()


def test_a_folder_that_is_a_link_is_not_followed(files, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "token").write_text("MUSTER1.ABC")
    files.state_folder.mkdir()
    token_handover.token_file(files).parent.symlink_to(elsewhere)
    assert token_handover.take(files) is None
    assert (elsewhere / "token").exists()


def test_what_can_not_be_deleted_is_told(files, place):
    place.mkdir()
    with pytest.raises(EnrolmentError) as caught:
        token_handover.take(files)
    assert caught.value.code == EnrolmentRefusal.NOT_WRITTEN


def test_a_place_where_no_token_can_be_left_is_told(files):
    files.state_folder.write_text("a file stands where the folder should be")
    with pytest.raises(EnrolmentError) as caught:
        token_handover.hand_over(files, Secret("MUSTER1.ABC"))
    assert caught.value.code == EnrolmentRefusal.NOT_WRITTEN
    assert "MUSTER1" not in str(caught.value)
