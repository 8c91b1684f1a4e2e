"""A primary and a standby that takes over when somebody promotes it; the centre's URL names both."""

import shutil
from pathlib import Path
from urllib.parse import quote

from tests.nemesis.databases import PostgresServer, own_folder
from tests.sync.patience import until


def url_of(*hosts: str) -> str:
    """A URL that leads to whichever of these can be written to."""
    named = ",".join(hosts)
    return f"postgresql://muster@{named}/centre?target_session_attrs=read-write&connect_timeout=3"


class StandbyPair:
    """Two servers, of which the second follows the first; each COMMIT waits for it, or none does."""

    def __init__(self, server: PostgresServer, folder: Path, *, waits: bool) -> None:
        self.waits = waits
        folder.mkdir()
        self.primary = server.another(folder / "a")
        self.standby = PostgresServer(folder / "b", server.binaries)
        self.standby.folder.mkdir()
        own_folder(self.standby.folder / "socket")
        self.primary.options = self.standby.options = ("synchronous_commit=remote_apply",) if waits else ()
        self.url = url_of(*(quote(str(each.folder / "socket"), safe="") for each in self._both))

    @classmethod
    def waited_for(cls, server: PostgresServer, folder: Path) -> "StandbyPair":
        """The standby has what was committed."""
        return cls(server, folder, waits=True)

    @classmethod
    def behind(cls, server: PostgresServer, folder: Path) -> "StandbyPair":
        """The standby comes after, as it can."""
        return cls(server, folder, waits=False)

    @property
    def _both(self) -> tuple[PostgresServer, PostgresServer]:
        return self.primary, self.standby

    def start(self) -> None:
        self.primary.start()
        self.follow()

    def stop(self) -> None:
        for each in self._both:
            each.stop()

    def follow(self) -> None:
        """Make the standby anew from the primary, and wait until it follows.

        Only then may the primary wait for it, and by ALTER SYSTEM: what stands in its files the copy has too,
        and would wait for itself once promoted.
        """
        name = self.standby.folder.name
        shutil.rmtree(self.standby.folder / "data", ignore_errors=True)
        own_folder(self.standby.folder / "data")
        self.standby.command(
            "pg_basebackup", "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
            f"--pgdata={self.standby.folder / 'data'}",
            f"--dbname=host={self.primary.folder / 'socket'} user=muster application_name={name}",
        )  # fmt: skip
        self.standby.start()
        if self.waits:
            self.primary.on_server(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
            self.primary.on_server("SELECT pg_reload_conf()")
        wanted = [("streaming", "sync" if self.waits else "async")]
        until(lambda: self.primary.ask("SELECT state, sync_state FROM pg_stat_replication") == wanted)

    def stop_following(self) -> None:
        """The standby hears no more, as behind a line that is too slow."""
        self.standby.on_server("ALTER SYSTEM SET primary_conninfo = ''")
        self.standby.on_server("SELECT pg_reload_conf()")
        until(lambda: not self.primary.ask("SELECT pid FROM pg_stat_replication"))

    def promote(self) -> None:
        """The standby is the primary from now on; the other one is not there."""
        self.standby.on_server("SELECT pg_promote(true, 120)")
        self.primary, self.standby = self.standby, self.primary
