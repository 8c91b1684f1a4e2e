"""A bad network before the broker: one proxy for each end of the line, each with troubles of its own."""

import asyncio
import contextlib
import threading
from dataclasses import dataclass
from random import Random

from tests.sync.patience import until


@dataclass
class Weather:
    """How the network is; all calm at first. `stalls` are parts of 1, `stall_s` the longest one."""

    latency_s: float = 0.0
    stalls: float = 0.0
    stall_s: float = 0.0
    cuts: float = 0.0
    swallows: bool = False
    refuses: bool = False


class Proxy:
    """Carries bytes to `port` of this machine; `weather` may be changed at any time."""

    def __init__(self, port: int, seed: int) -> None:
        self.weather = Weather()
        self.port = 0
        self._to = port
        self._random = Random(seed)
        self._open: set[asyncio.StreamWriter] = set()
        self._frozen: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()

    def cut(self) -> None:
        """End every connection."""
        self._loop.call_soon_threadsafe(self._cut)

    def freeze(self) -> None:
        """Let no connection that is open now carry anything any more, without ending it; waits for one."""
        until(lambda: bool(self._open))
        self._frozen |= set(self._open)

    def close(self) -> None:
        """End it all."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._cut()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    def _cut(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.weather.refuses:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self._open |= both
        carrying = [
            asyncio.ensure_future(self._carry(reader, far_writer)),
            asyncio.ensure_future(self._carry(far_reader, writer)),
        ]
        try:
            with contextlib.suppress(asyncio.CancelledError):  # the round is over
                await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in carrying:
                task.cancel()
            for end in both:
                end.transport.abort()
            self._open -= both
            self._frozen -= both

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """In order, each chunk as late as the weather wants; a later one never overtakes."""
        late: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sending = asyncio.ensure_future(self._deliver(late, writer))
        try:
            with contextlib.suppress(OSError):
                while chunk := await reader.read(16_384):
                    while self.weather.swallows or writer in self._frozen:
                        await asyncio.sleep(0.05)
                    if self._random.random() < self.weather.cuts:
                        return
                    wait_s = self.weather.latency_s
                    if self._random.random() < self.weather.stalls:
                        wait_s += self._random.uniform(0.2, self.weather.stall_s)
                    late.put_nowait((self._loop.time() + wait_s, chunk))
                await late.join()
        finally:
            sending.cancel()

    async def _deliver(self, late: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while True:
                due_s, chunk = await late.get()
                await asyncio.sleep(max(0.0, due_s - self._loop.time()))
                writer.write(chunk)
                await writer.drain()
                late.task_done()
