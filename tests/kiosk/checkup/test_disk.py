"""Room for the log on real disks: roomy, full, read-only, missing."""

import dataclasses
import subprocess

import pytest

from kiosk.checkup.check import Mark
from kiosk.checkup.disk import FEW_MIB, HARDLY_ANY_MIB, DiskSeen, judge_disk, look_at_disk
from tests.kiosk.checkup.said import codes
from tests.sync.small_disk import fill

ROOMY = DiskSeen("muster-kiosk", "/var/lib/muster", free_mib=FEW_MIB)


def test_a_disk_is_tried_and_nothing_is_left_on_it(tmp_path):
    seen = look_at_disk(tmp_path)
    assert (seen.exists, seen.refused, seen.free_mib > 0) == (True, "", True)
    assert list(tmp_path.iterdir()) == []


def test_on_a_full_disk_room_is_asked_for_and_no_new_disk(disk):
    fill(disk, 0)
    seen = look_at_disk(disk)
    assert (seen.refused, seen.free_mib) == ("", 0)
    assert codes(judge_disk(seen)) == {"disk_nearly_full": "broken"}


def test_a_disk_that_went_read_only_is_told(disk):
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    assert codes(judge_disk(look_at_disk(disk))) == {"state_folder_refuses": "broken"}


def test_a_folder_that_is_missing_is_told(tmp_path):
    assert codes(judge_disk(look_at_disk(tmp_path / "none"))) == {"state_folder_missing": "look"}


@pytest.mark.parametrize(
    ("free_mib", "told"),
    [
        (FEW_MIB, {}),
        (FEW_MIB - 1, {"disk_nearly_full": "look"}),
        (HARDLY_ANY_MIB, {"disk_nearly_full": "look"}),
        (HARDLY_ANY_MIB - 1, {"disk_nearly_full": "broken"}),
    ],
)
def test_little_room_is_told_in_time(free_mib, told):
    assert codes(judge_disk(dataclasses.replace(ROOMY, free_mib=free_mib))) == told


def test_an_account_that_may_not_write_there_blames_nobody():
    check = judge_disk(dataclasses.replace(ROOMY, forbidden=True))
    assert (check.mark, codes(check)) == (Mark.LOOK, {"account_may_not_read": "look"})
