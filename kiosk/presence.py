"""Who is here, folded from the log's own events; the same fold rebuilds it after a restart."""

from dataclasses import dataclass, field

from sync.events import CheckIn, CheckOut, Credential, Event

LONGEST_SESSION_MS = 12 * 3_600_000
"""Beyond this a check-out was forgotten (rules.md S5): the next scan is a new check-in."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one volunteer stands at this terminal.

    `last_ms` is the last accepted scan (UTC), `since_ms` the check-in that is open, or None.
    """

    activity: str
    last_ms: int
    since_ms: int | None


@dataclass(slots=True)
class Presence:
    """All volunteers that this terminal accepted, and the one-use codes that are spent."""

    _standings: dict[str, Standing] = field(default_factory=dict)
    _spent: set[str] = field(default_factory=set)

    def fold(self, event: Event, volunteer: str | None) -> None:
        """Take one event of the log, `volunteer` being whom its credential stands for."""
        if volunteer is None or not isinstance(event, CheckIn | CheckOut):
            return
        since_ms = event.wall_ms if isinstance(event, CheckIn) else None
        self._standings[volunteer] = Standing(event.activity, event.wall_ms, since_ms)
        self.spend(event.credential)

    def spend(self, credential: Credential) -> None:
        """A one-use code was used."""
        self._spent.add(credential.ref)

    def standing(self, volunteer: str) -> Standing | None:
        """Where the volunteer stands, or None when this terminal hasn't seen them."""
        return self._standings.get(volunteer)

    def is_spent(self, credential: Credential) -> bool:
        """Whether an accepted scan already used this credential."""
        return credential.ref in self._spent

    def here(self, now_ms: int) -> list[tuple[str, int, str]]:
        """Who is checked in, longest first: volunteer, since when (UTC milliseconds), activity."""
        checked_in = [
            (volunteer, standing.since_ms, standing.activity)
            for volunteer, standing in self._standings.items()
            if standing.since_ms is not None and now_ms - standing.since_ms <= LONGEST_SESSION_MS
        ]
        return sorted(checked_in, key=lambda one: one[1])
