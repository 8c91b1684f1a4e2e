"""How long a certificate check waits while others read a busy page: with real processes and sockets."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from web.centre import TOP
from web.measuring import browser, seconds

MOST_TIMES = 3
_READERS = 8
_CHECKS = 12
"""Half a minute's worth: more of one address are refused."""
_CHECK = "/certificate/3100002026000001"
_BUSY = "/now/site-000/"


def measure_readers(config: Path) -> None:
    """Print how many times longer a check takes beside those readers than alone."""
    ports = _ports_of(config)
    cookie = browser(TOP).cookies["sessionid"].value
    with _served(config, ports):
        alone = [seconds(lambda: _get(ports[-1], _CHECK)) for _ in range(_CHECKS)]
        with _read_on(ports[0], cookie):
            beside = [seconds(lambda: _get(ports[-1], _CHECK)) for _ in range(_CHECKS)]
    ratio = median(beside) / median(alone)
    sign = "ok" if ratio <= MOST_TIMES else "OVER"
    print(
        f"a certificate check beside {_READERS} readers of a busy site: {ratio:.1f} x its time alone  {sign}"
    )


def _ports_of(config: Path) -> list[int]:
    """The pages' port, and the one of the public pages."""
    return [int(line.split("=")[1]) for line in config.read_text().splitlines() if "port =" in line]


@contextmanager
def _served(config: Path, ports: list[int]) -> Iterator[None]:
    commands = [[], ["--public"]][: len(ports)]
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "muster", "web", *more, "--config", str(config)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        for more in commands
    ]
    try:
        for port in ports:
            while not _answers(port):
                time.sleep(0.2)
        yield
    finally:
        for process in started:
            process.terminate()
            process.wait()


def _answers(port: int) -> bool:
    try:
        return _get(port, "/notice/") > 0
    except OSError:
        return False


def _get(port: int, path: str, cookie: str = "") -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": f"sessionid={cookie}"} if cookie else {})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@contextmanager
def _read_on(port: int, cookie: str) -> Iterator[None]:
    """Readers who ask again as soon as they were answered."""
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            if _get(port, _BUSY, cookie) != 200:
                raise SystemExit("a reader is not let in")

    threads = [threading.Thread(target=read) for _ in range(_READERS)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    yield
    stop.set()
    for thread in threads:
        thread.join()
