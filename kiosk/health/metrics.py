"""The terminal's status as a Prometheus text file, for node_exporter's textfile collector.

https://prometheus.io/docs/instrumenting/exposition_formats/; the file is replaced whole, and its age is seen
by `node_textfile_mtime_seconds`.
"""

from collections.abc import Callable
from pathlib import Path

import structlog
from prometheus_client.core import Metric

from foundation.figures import counters, gauge, gauges, write_figures
from kiosk.local_api.messages import Device, Status
from sync.contract.events import ClockState

_logger = structlog.get_logger()


def figures_of(status: Status) -> list[Metric]:
    """Every figure of the status; what the platform doesn't tell is left out."""
    return [*_of_terminal(status), *_of_devices(status.devices)]


def _of_devices(devices: list[Device]) -> list[Metric]:
    """Counters that the drivers keep themselves, and what came lately."""

    def of_each(value: Callable[[Device], float]) -> dict[tuple[str, ...], float]:
        return {(device.name,): value(device) for device in devices}

    label = ("device",)
    newest: dict[tuple[str, ...], float] = {
        (device.name,): device.last_reading_wall_ms / 1000
        for device in devices
        if device.last_reading_wall_ms is not None
    }
    return [
        counters(
            "muster_readings", "Read since the engine's start.", label, of_each(lambda one: one.readings)
        ),
        counters(
            "muster_unreadable",
            "Presented but not readable, since the engine's start.",
            label,
            of_each(lambda one: one.unreadable),
        ),
        gauges(
            "muster_readings_last_minute",
            "Read in the last minute.",
            label,
            of_each(lambda one: one.readings_last_minute),
        ),
        gauges(
            "muster_unreadable_last_minute",
            "Presented but not readable in the last minute.",
            label,
            of_each(lambda one: one.unreadable_last_minute),
        ),
        gauges(
            "muster_last_reading_seconds",
            "When it last read something, in seconds since 1970.",
            label,
            newest,
        ),
        gauges(
            "muster_device_ready",
            "1 while the device works.",
            ("device", "kind"),
            {(device.name, device.kind): device.state == "ready" for device in devices},
        ),
    ]


def _of_terminal(status: Status) -> list[Metric]:
    link, wall_s = status.link, status.wall_ms / 1000
    oldest_ms, ack_ms = link.oldest_unsent_wall_ms, link.last_ack_wall_ms
    figures: dict[str, tuple[str, float | None]] = {
        "queue_depth": ("Events that the centre has not acknowledged.", link.unsent),
        "oldest_unsent_seconds": (
            "How long the oldest of them has waited.",
            max(wall_s - oldest_ms / 1000, 0) if oldest_ms is not None else 0,
        ),
        "broker_connected": ("1 while the line is up.", link.connected),
        "last_acknowledged_seconds": (
            "When the centre last acknowledged, in seconds since 1970.",
            ack_ms / 1000 if ack_ms is not None else None,
        ),
        "certificate_days": (
            "Days until the certificate ends by which the broker knows the terminal.",
            link.certificate_days,
        ),
        "here": ("People who are checked in.", len(status.here)),
        "head_seq": ("Newest event of the running epoch.", status.head_seq),
        "log_trouble": ("1 when the log was torn or can't be written.", bool(status.log_troubles)),
        "clock_synced": ("1 while NTP steers the clock.", status.clock_state == ClockState.SYNCED),
        "clock_error_seconds": (
            "How far the clock may be off.",
            status.clock_error_ms / 1000 if status.clock_error_ms is not None else None,
        ),
        "disk_free_bytes": ("Free on the log's disk.", status.disk_free_bytes),
        "temperature_celsius": (
            "The hottest sensor.",
            status.temperature_mc / 1000 if status.temperature_mc is not None else None,
        ),
        "undervoltage": ("1 while the power supply is too weak.", status.undervoltage),
        "throttled_bits": (
            "What slows a Raspberry Pi down: bits 0 to 3 now, 16 to 19 since its boot.",
            status.throttled_bits,
        ),
    }
    return [
        gauge(f"muster_{name}", words, value) for name, (words, value) in figures.items() if value is not None
    ]


def write_metrics(status: Status, path: Path) -> None:
    """Replace the file; a disk that refuses is told in the logs and stops nobody."""
    try:
        write_figures(lambda: figures_of(status), path)
    except OSError as error:
        _logger.warning("metrics_not_written", path=str(path), error=str(error))
