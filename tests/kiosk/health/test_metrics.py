"""The figures for Prometheus, read back with its own parser."""

from foundation.trouble import Trouble
from kiosk.health.metrics import write_metrics
from kiosk.local_api.messages import Device, Here, LinkReport, Status
from tests.prometheus import samples_of
from tests.sync.samples import NINE_MS

STATUS = Status(
    wall_ms=NINE_MS,
    clock_state="holdover",
    link=LinkReport(True, 3, NINE_MS - 90_000, NINE_MS - 1_000, certificate_days=212),
    devices=[
        Device("camera", "camera", "ready", 12, 1, "", NINE_MS - 5_000, 4, 2),
        Device('odd "name"\n', "scanner", "fault", 0, 0, trouble=Trouble("camera_gone")),
    ],
    here=[Here("1", "李明", NINE_MS, "guides")],
    head_seq=40,
    disk_free_bytes=5_000_000,
    clock_error_ms=250,
    temperature_mc=48_500,
    undervoltage=False,
    throttled_bits=0x50005,
)


def test_every_figure_can_be_samples_of(tmp_path):
    write_metrics(STATUS, tmp_path / "muster.prom")
    found = samples_of(tmp_path / "muster.prom")
    assert found == {
        ("muster_readings_total", "camera"): 12,
        ("muster_readings_total", 'odd "name"\n'): 0,
        ("muster_unreadable_total", "camera"): 1,
        ("muster_unreadable_total", 'odd "name"\n'): 0,
        ("muster_readings_last_minute", "camera"): 4,
        ("muster_readings_last_minute", 'odd "name"\n'): 0,
        ("muster_unreadable_last_minute", "camera"): 2,
        ("muster_unreadable_last_minute", 'odd "name"\n'): 0,
        ("muster_last_reading_seconds", "camera"): NINE_MS / 1000 - 5,
        ("muster_device_ready", "camera", "camera"): 1,
        ("muster_device_ready", 'odd "name"\n', "scanner"): 0,
        ("muster_queue_depth",): 3,
        ("muster_oldest_unsent_seconds",): 90,
        ("muster_broker_connected",): 1,
        ("muster_last_acknowledged_seconds",): NINE_MS / 1000 - 1,
        ("muster_certificate_days",): 212,
        ("muster_here",): 1,
        ("muster_head_seq",): 40,
        ("muster_log_trouble",): 0,
        ("muster_clock_synced",): 0,
        ("muster_clock_error_seconds",): 0.25,
        ("muster_disk_free_bytes",): 5_000_000,
        ("muster_temperature_celsius",): 48.5,
        ("muster_undervoltage",): 0,
        ("muster_throttled_bits",): 0x50005,
    }


def test_nobodys_name_is_in_it(tmp_path):
    write_metrics(STATUS, tmp_path / "muster.prom")
    assert "李明" not in (tmp_path / "muster.prom").read_text(encoding="utf-8")


def test_the_file_is_replaced_whole(tmp_path):
    for _ in range(2):
        write_metrics(STATUS, tmp_path / "muster.prom")
    assert [path.name for path in tmp_path.iterdir()] == ["muster.prom"]


def test_a_folder_that_is_not_there_stops_nobody(tmp_path):
    write_metrics(STATUS, tmp_path / "nowhere" / "muster.prom")
