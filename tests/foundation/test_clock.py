import subprocess
import sys
import time
from pathlib import Path

import pytest

from foundation.clock import SharedClock, SystemClock, open_clock
from foundation.errors import SettingsError

NINE_MS = 1_794_963_600_000


def test_the_machines_clock_tells_utc_and_its_boot():
    clock = SystemClock()
    before = time.time_ns() // 1_000_000
    assert before <= clock.wall_ms() <= time.time_ns() // 1_000_000
    kernel = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert clock.boot_id == kernel.replace("-", "")
    assert len(clock.boot_id) == 32


def test_the_machines_monotonic_clock_counts_from_the_boot():
    clock = SystemClock()
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    assert before <= clock.mono_ms() <= time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def test_a_shared_clock_stands_still_until_it_is_moved(tmp_path):
    clock = SharedClock.create(tmp_path / "clock", NINE_MS)
    assert (clock.wall_ms(), clock.wall_ms()) == (NINE_MS, NINE_MS)
    mono_ms = clock.mono_ms()
    clock.move_to(NINE_MS + 5_000)
    assert clock.wall_ms() == NINE_MS + 5_000
    assert clock.mono_ms() == mono_ms + 5_000


def test_everybody_who_opened_a_shared_clock_sees_it_move(tmp_path):
    owner = SharedClock.create(tmp_path / "clock", NINE_MS)
    other = SharedClock(tmp_path / "clock")
    owner.move_to(NINE_MS + 1)
    assert other.wall_ms() == NINE_MS + 1
    assert other.boot_id == owner.boot_id
    assert other.mono_ms() == owner.mono_ms()


def test_another_process_sees_a_shared_clock_move(tmp_path):
    owner = SharedClock.create(tmp_path / "clock", NINE_MS)
    script = (
        "import sys; from pathlib import Path; from foundation.clock import SharedClock\n"
        "clock = SharedClock(Path(sys.argv[1]))\n"
        "for line in sys.stdin: print(clock.wall_ms(), flush=True)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "clock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for wall_ms in (NINE_MS + 1, NINE_MS + 2):
            owner.move_to(wall_ms)
            process.stdin.write("look\n")
            process.stdin.flush()
            assert int(process.stdout.readline()) == wall_ms
        process.stdin.close()


def test_a_shared_clock_that_is_set_knows_how_long_the_machine_has_been_up(tmp_path):
    clock = SharedClock.create(tmp_path / "clock", NINE_MS)
    mono_ms = clock.mono_ms()
    clock.set_wrong(0)
    assert (clock.wall_ms(), clock.mono_ms(), clock.is_right()) == (0, mono_ms, False)
    clock.move_to(1_000)
    clock.set_right(NINE_MS + 1_000)
    assert (clock.wall_ms(), clock.mono_ms(), clock.is_right()) == (NINE_MS + 1_000, mono_ms + 1_000, True)


def test_who_opens_a_shared_clock_after_a_reboot_sees_another_boot(tmp_path):
    clock = SharedClock.create(tmp_path / "clock", NINE_MS)
    before = SharedClock(tmp_path / "clock")
    clock.reboot()
    after = SharedClock(tmp_path / "clock")
    assert (after.wall_ms(), after.mono_ms()) == (NINE_MS, 0)
    assert after.boot_id == clock.boot_id != before.boot_id


def test_the_boot_that_a_shared_clock_pretends_has_a_name_like_any_other(tmp_path):
    boot_id = SharedClock.create(tmp_path / "clock", NINE_MS).boot_id
    assert len(boot_id) == 32
    assert set(boot_id) <= set("0123456789abcdef")


@pytest.mark.parametrize("broken", ["clock", "clock.boot"])
def test_a_shared_clock_that_is_not_whole_is_told_with_how_to_start_it(tmp_path, broken):
    SharedClock.create(tmp_path / "clock", NINE_MS)
    for spoil in (lambda path: path.write_bytes(b"123"), lambda path: path.unlink()):
        spoil(tmp_path / broken)
        with pytest.raises(SettingsError, match=r"shared clock .* can't be opened .*muster demo"):
            SharedClock(tmp_path / "clock")


def test_a_process_takes_the_clock_that_it_was_started_with(tmp_path):
    SharedClock.create(tmp_path / "clock", NINE_MS)
    assert isinstance(open_clock(tmp_path / "clock"), SharedClock)
    assert isinstance(open_clock(None), SystemClock)
