"""Figures for Prometheus, read back with its own parser."""

import socket
import threading

import pytest

from foundation.figures import FiguresServer, Tally, counters, gauge, gauges, write_figures
from tests.prometheus import samples_at, samples_of
from tests.settlement.real_broker import free_port


def figures():
    return [
        gauge("muster_one", "One figure.", 1.5),
        gauges("muster_each", "One of each.", ("device",), {("camera",): 1, ('odd "name"\n',): 0}),
        counters("muster_read", "Counted.", ("kind", "result"), {("batch", "taken"): 3}),
    ]


FOUND = {
    ("muster_one",): 1.5,
    ("muster_each", "camera"): 1,
    ("muster_each", 'odd "name"\n'): 0,
    ("muster_read_total", "batch", "taken"): 3,
}


def test_a_file_and_an_address_tell_the_same(tmp_path):
    write_figures(figures, tmp_path / "muster.prom")
    assert samples_of(tmp_path / "muster.prom") == FOUND
    server = FiguresServer(port := free_port(), figures)
    try:
        assert samples_at(port) == FOUND
    finally:
        server.close()
    assert samples_at(port) == {}


def test_they_are_read_anew_each_time():
    tally = Tally()
    server = FiguresServer(port := free_port(), lambda: [counters("muster_x", "x", ("a",), tally.counted())])
    try:
        for times in (1, 2):
            tally.add("one")
            assert samples_at(port) == {("muster_x_total", "one"): times}
    finally:
        server.close()


def test_a_taken_port_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        FiguresServer(taken.getsockname()[1], figures)


def test_many_threads_count_together():
    tally = Tally()
    threads = [
        threading.Thread(target=lambda: [tally.add("a", count=2) for _ in range(1000)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.counted() == {("a",): 16_000}
