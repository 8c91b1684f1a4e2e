"""Figures for Prometheus: made here once for terminal and centre, to a file or at an address of this machine.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, start_http_server, write_to_textfile
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

Labels = tuple[str, ...]
Read = Callable[[], Iterable[Metric]]


def gauge(name: str, words: str, value: float) -> Metric:
    """One figure that rises and falls."""
    return GaugeMetricFamily(name, words, value=value)


def gauges(name: str, words: str, labels: Labels, values: Mapping[Labels, float]) -> Metric:
    """Such a figure for each of several: devices, states."""
    family = GaugeMetricFamily(name, words, labels=labels)
    for of, value in values.items():
        family.add_metric(of, value)
    return family


def counters(name: str, words: str, labels: Labels, values: Mapping[Labels, float]) -> Metric:
    """What is only counted up, for each of several; Prometheus calls it `name_total`."""
    family = CounterMetricFamily(name, words, labels=labels)
    for of, value in values.items():
        family.add_metric(of, value)
    return family


class _Reader(Collector):
    """Reads the figures whenever somebody asks for them."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def collect(self) -> list[Metric]:
        return list(self._read())


def registry_of(read: Read) -> CollectorRegistry:
    """What Prometheus's library writes out."""
    registry = CollectorRegistry()
    registry.register(_Reader(read))
    return registry


def write_figures(read: Read, path: Path) -> None:
    """Replace the file; raises OSError for a disk that refuses."""
    write_to_textfile(str(path), registry_of(read))


class FiguresServer:
    """Answers at http://127.0.0.1:PORT/metrics from a thread of its own, until it is closed."""

    def __init__(self, port: int, read: Read) -> None:
        """Serve; raises OSError for a port that is taken or forbidden."""
        self._server, self._thread = start_http_server(port, "127.0.0.1", registry_of(read))

    def close(self) -> None:
        """Leave the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


class Tally:
    """What a process has counted since its start, by labels; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[Labels, float] = {}

    def add(self, *labels: str, count: float = 1) -> None:
        """Count one more, or `count` more."""
        with self._lock:
            self._counted[labels] = self._counted.get(labels, 0) + count

    def counted(self) -> dict[Labels, float]:
        """The counts as they are now."""
        with self._lock:
            return dict(self._counted)
