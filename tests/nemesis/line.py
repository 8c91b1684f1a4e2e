"""The whole line of one round, as processes: terminals, networks, broker, listener, settler and database.

A fault does with them what it likes; `heal` waits until the centre holds what was shown, `verdict` judges.
"""

import hashlib
import os
import shutil
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from sync.contract.signing import SigningKey
from sync.log.reader import LogReader
from tests.faults.losing_disk import LosingDisk
from tests.nemesis.broker import RoundBroker
from tests.nemesis.databases import Database, SqliteFile
from tests.nemesis.forks import Child, Forks
from tests.nemesis.observer import Seen
from tests.nemesis.oracle import Place, Shown, Verdict, judge, read_shown, unnamed_gaps
from tests.nemesis.proxy import Proxy
from tests.nemesis.template import GATES, LISTENERS, centre_settings, terminal_settings

HEALS_WITHIN_S = 300
"""Far beyond every timer of the line: what has not healed by then does not heal."""
PACE_MS = 60
_LOOK_EVERY_S = 0.7


class Line:
    """One round's processes and files, under `folder`."""

    def __init__(
        self,
        folder: Path,
        template: Path,
        forks: Forks,
        seed: int,
        database: Database | None = None,
        broker: dict[str, str] | None = None,
        disk: LosingDisk | None = None,
        *,
        several_listeners: bool = False,
    ) -> None:
        """Copy the template; without `database` the centre is on a file of its own, with `disk` on that."""
        self.folder, self.forks = folder, forks
        self.disk = disk
        self.centre = (disk.folder if disk else folder) / "centre"
        shutil.copytree(template / "centre", self.centre)
        shutil.copytree(template / "gates", folder / "gates")
        if disk:
            os.sync()  # nothing of the template is in doubt
        self.database = database or SqliteFile(self.centre)
        self.broker = RoundBroker(self.centre / "broker", broker or {})
        self.networks = {name: Proxy(self.broker.port, seed) for name in (*GATES, "centre")}
        self.config = folder / "settlement.toml"
        self.listeners = LISTENERS if several_listeners else LISTENERS[:1]
        for name in self.listeners:
            self._settings_of(name).write_text(
                centre_settings(self.centre, self.database.url, self.networks["centre"].port, name),
                encoding="utf-8",
            )
        self._shown = folder / "shown"
        self._running: dict[str, Child] = {}
        self._locks: dict[str, threading.RLock] = defaultdict(threading.RLock)
        self._seen = 0
        self.images: list[tuple[str, Path]] = []
        self.forgiven: set[Place] = set()
        self.doubted: set[str] = set()
        self.verdict = Verdict()

    # Processes ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Everything, in the order of a real morning."""
        self.database.start()
        self.broker.start()
        for name in self.listeners:
            self.begin(listener_of(name))
        self.begin("settler")
        for name in GATES:
            self.write_settings(name)
            self.begin(f"engine {name}")
            self.begin(f"uplink {name}")

    def write_settings(self, name: str, folder: Path | None = None) -> Path:
        """A terminal's settings, with its own network to the broker."""
        place = folder or self.gate(name)
        network = self.networks.get(name)
        text = terminal_settings(name, self._centre_key(), network.port if network else self.broker.port)
        (place / "kiosk.toml").write_text(text, encoding="utf-8")
        return place / "kiosk.toml"

    def begin(self, who: str) -> None:
        """Start a process of the line: `listener`, `settler`, `engine GATE`, `uplink GATE`."""
        kind, _, name = who.partition(" ")
        of_terminal = kind in {"engine", "uplink"}
        self.begin_with(who, self.gate(name) / "kiosk.toml" if of_terminal else self._settings_of(name))

    def begin_with(self, who: str, settings_file: Path) -> None:
        """The same with other settings."""
        kind, settings = who.partition(" ")[0], str(settings_file)
        command = {
            "listener": ("muster", "listen", "--config", settings),
            "settler": ("muster", "settle", "--config", settings),
            "web": ("muster", "web", "--config", settings),
            "uplink": ("muster", "uplink", "--config", settings),
            "engine": ("tests.nemesis.engine", settings, str(self._shown), str(PACE_MS)),
        }[kind]
        self._running[who] = self.forks.start(who, *command, output=self.folder / f"{who}.log")

    def process(self, who: str) -> Child:
        return self._running[who]

    @contextmanager
    def alone(self, *targets: str) -> Iterator[None]:
        """Several faults at once leave each process to one of them at a time."""
        locks = [self._locks[target] for target in sorted(targets)]
        for lock in locks:
            lock.acquire()
        try:
            yield
        finally:
            for lock in reversed(locks):
                lock.release()

    def kill(self, who: str) -> None:
        """Signal 9."""
        child = self._running.pop(who)
        child.kill()
        os.close(child.watch)

    def tell(self, who: str, number: signal.Signals) -> None:
        self._running[who].tell(number)

    def command(self, *words: str) -> str:
        """Run `muster WORDS` with the centre's settings."""
        return self.forks.run(
            words[0], "muster", *words, "--config", str(self.config), output=self.folder / "command.log"
        )

    def gate(self, name: str) -> Path:
        return self.folder / "gates" / name

    def log_file(self, name: str) -> Path:
        return self.gate(name) / "state" / "log.db"

    def image_of(self, name: str) -> Path:
        """A copy of a terminal's state as a running system's card holds it, taken between two events."""
        image = self.folder / f"image-{name}-{len(self.images)}"
        self.tell(f"engine {name}", signal.SIGSTOP)
        try:
            shutil.copytree(self.gate(name) / "state", image)
        finally:
            self.tell(f"engine {name}", signal.SIGCONT)
        return image

    def keep_image(self, name: str) -> None:
        """Remember what a log holds that is about to lose some of it for good reason."""
        self.images.append((name, self.image_of(name) / "log.db"))

    # What was shown and what is there -----------------------------------------------------------------------

    def shown(self) -> list[Shown]:
        """What people saw so far."""
        return read_shown(self._shown.read_text()) if self._shown.exists() else []

    def owed(self) -> list[Shown]:
        """The same without what went away with a card: nobody can bring it, so it must be named."""
        return [one for one in self.shown() if one.place not in self.forgiven]

    def quieten(self, gate: Path) -> None:
        """Nobody comes to a terminal any more."""
        (gate / "quiet").touch()

    def until_stored(self, wanted: list[Shown]) -> None:
        """Until the centre holds these."""
        places = {one.place for one in wanted}
        self.until(
            lambda: places <= {(row.terminal, row.epoch, row.seq) for row in self.look().rows},
            "what was shown did not arrive",
        )

    def wait_for_shown(self, more: int) -> None:
        """Until so many more people were shown that they were accepted."""
        wanted = len(self.shown()) + more
        self.until(lambda: len(self.shown()) >= wanted, "nobody is accepted any more")

    def look(self) -> Seen:
        """What the centre holds and claims; whatever it calls complete must be."""
        with self.alone("observer"):
            self._seen += 1
            place = self.folder / f"seen-{self._seen}.json"
            said = self.forks.run(
                "observer",
                "tests.nemesis.observer",
                str(self.config),
                str(place),
                output=self.folder / "observer.log",
            )
            assert place.exists(), said[-3000:]
            seen = msgspec.json.decode(place.read_bytes(), type=Seen)
            place.unlink()
        self.verdict += unnamed_gaps(self.shown(), seen.rows, seen.claims)
        return seen

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look again and again meanwhile, wherever the database can be read: each claim must be true."""
        over, raised = threading.Event(), []

        def watch() -> None:
            while not over.wait(_LOOK_EVERY_S):
                if self._locks["database"].acquire(blocking=False):
                    try:
                        self.look()
                    except BaseException as error:  # noqa: BLE001 - raised again by the round's own thread
                        raised.append(error)
                        return
                    finally:
                        self._locks["database"].release()

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            yield
        finally:
            over.set()
            watching.join()
        if raised:
            raise raised[0]

    def heal(self) -> float:
        """Nobody comes any more; how many seconds until the centre holds all and says so."""
        for name in GATES:
            self.quieten(self.gate(name))
        began_s = time.monotonic()
        time.sleep(2 * PACE_MS / 1000)
        seen: list[Seen] = []

        def is_whole() -> bool:
            seen.append(self.look())
            stored = {(row.terminal, row.epoch, row.seq) for row in seen[-1].rows}
            claims = {one.terminal: one for one in seen[-1].claims}
            named = all(claims[gate].alarms for gate in self.doubted)
            whole = not any(claims[gate].missing for gate in GATES if gate not in self.doubted)
            return named and whole and all(one.place in stored for one in self.owed())

        try:
            self.until(is_whole, "the line did not heal")
        finally:
            self.verdict += judge(self.owed(), seen[-1].rows, self._logged())
        return time.monotonic() - began_s

    def settle(self) -> None:
        """Wait for the settler, and hold its hours against a new computation of everything."""
        self.until(lambda: self.look().unsettled == 0, "the settler did not settle")
        said = self.command("settle", "--full", "--check")
        assert ": no difference" in said, said[-2000:]

    def all_alive(self) -> None:
        """Nobody died who was not killed, but for a start while the database could not be used.

        That is told to whoever starts it; systemd tries again, and so do we.
        """
        for who, child in list(self._running.items()):
            if child.is_alive():
                continue
            assert "database can't be used" in child.said(), f"{who} ended by itself: {child.said()}"
            with self.alone(who):
                self.begin(who)
        assert not self.broker.ended_by_itself(), "the broker ended by itself"

    def stop(self) -> None:
        """End everything."""
        for child in self._running.values():
            child.tell(signal.SIGKILL)
        for child in self._running.values():
            child.wait()
            os.close(child.watch)
        self.broker.kill()
        for network in self.networks.values():
            network.close()
        self.database.stop()

    def until(self, happened: Callable[[], bool], complaint: str) -> None:
        """Wait for it, with everything alive; far longer than any timer of the line."""
        until_s = time.monotonic() + HEALS_WITHIN_S
        while not happened():
            self.all_alive()
            assert time.monotonic() < until_s, f"{complaint}: {self._state()}"
            time.sleep(0.1)

    def _state(self) -> str:
        return "; ".join(f"{who}: {child.said()[-300:]}" for who, child in self._running.items())

    def _logged(self) -> set[tuple[Place, str]]:
        """Every event that a terminal's log holds or held before a card was put back."""
        files = [(name, self.log_file(name)) for name in GATES] + self.images
        found: set[tuple[Place, str]] = set()
        for name, file in files:
            reader = LogReader(file, name)
            try:
                for head in reader.heads():
                    after = head.oldest - 1
                    while stretch := reader.stretch(head.epoch, after, 100_000, 100_000_000):
                        for seq, raw in enumerate(stretch.events, start=stretch.first):
                            found.add(((name, head.epoch, seq), hashlib.sha256(raw).hexdigest()))
                        after = stretch.last
            finally:
                reader.close()
        return found

    def _settings_of(self, listener: str) -> Path:
        """The first listener's are also those of the settler and of commands."""
        return self.folder / f"{listener}.toml" if listener in LISTENERS[1:] else self.config

    def _centre_key(self) -> str:
        return SigningKey.load(self.centre / "signing.pem").public.raw.hex()


def listener_of(name: str) -> str:
    """How a listener's process is called here."""
    return "listener" if name == LISTENERS[0] else f"listener {name}"
