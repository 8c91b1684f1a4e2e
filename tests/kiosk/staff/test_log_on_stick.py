"""Which disks are sticks, and the log on one of them."""

import msgspec
import pytest

from foundation.clock import SystemClock
from kiosk.local_api.replies import Stick
from kiosk.settings import KioskFiles
from kiosk.staff.log_on_stick import export_to, is_removable, mounted, sticks
from kiosk.storage.log_keeper import stamp_now
from sync.contract.file import read_carried
from sync.log.writer import Log
from tests.kiosk.terminal_files import TerminalFolder

MOUNTS = """\
22 1 179:2 / / rw,relatime shared:1 - ext4 /dev/mmcblk0p2 rw
30 22 0:25 / /run rw,nosuid - tmpfs tmpfs rw
41 22 8:17 / {stick}\\040one rw,nosuid - vfat /dev/sdb1 rw,uid=1000
42 22 8:17 / /srv/again rw - vfat /dev/sdb1 rw
"""


@pytest.fixture
def machine(tmp_path):
    """A machine with a card inside and a stick that is mounted at a folder with a blank in its name."""
    (tmp_path / "stick one").mkdir()
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(stick=tmp_path / "stick"))
    for number, disk, removable in (("179:2", "mmcblk0/mmcblk0p2", "0"), ("8:17", "sdb/sdb1", "1")):
        part = tmp_path / "devices" / disk
        part.mkdir(parents=True)
        (part.parent / "removable").write_text(removable + "\n")
        (tmp_path / "block").mkdir(exist_ok=True)
        (tmp_path / "block" / number).symlink_to(part)
    return tmp_path


def test_a_removable_disk_is_listed_once_and_no_other(machine):
    (found,) = sticks(machine / "mountinfo", machine / "block")
    assert found.folder == str(machine / "stick one")
    assert found.free_bytes > 0


def test_what_was_pulled_out_a_moment_ago_is_left_out(machine):
    (machine / "stick one").rmdir()
    assert sticks(machine / "mountinfo", machine / "block") == []


def test_a_disk_on_usb_is_removable_whatever_it_says(tmp_path):
    disk = tmp_path / "devices" / "usb1" / "sdc"
    disk.mkdir(parents=True)
    (tmp_path / "8:32").symlink_to(disk)
    assert is_removable("8:32", tmp_path)
    assert not is_removable("8:48", tmp_path)


def test_lines_that_say_no_device_are_passed_over():
    assert list(mounted("garbage\n1 2 0:3 / /proc rw\n")) == []


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    (tmp_path / "state").mkdir()
    Log(folder.log_file, folder.name, stamp_now(SystemClock()), "muster/test").close()
    yield folder
    folder.scanner.unplug()


def test_the_log_is_on_the_stick_and_can_be_taken_by_the_centre(terminal, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    told = export_to(Stick(str(stick), 1), 7, KioskFiles(terminal.settings), SystemClock())
    (written,) = stick.iterdir()
    assert msgspec.structs.replace(told, file=written.name) == type(told)(7, written.name, 1)
    assert written.name.startswith("gate-1-")
    assert len(list(read_carried(written))) == 1


def test_a_stick_that_can_not_be_written_to_says_why(terminal, tmp_path):
    told = export_to(Stick(str(tmp_path / "gone"), 1), 7, KioskFiles(terminal.settings), SystemClock())
    assert told.trouble.code == "file_not_written"
