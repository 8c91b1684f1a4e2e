"""The updates that tell one terminal whom its site's other terminals saw. Pure."""

from collections.abc import Iterable, Mapping

from settlement.downlink.site_standings import SiteStandings
from sync.contract.downlink import MAX_SEEN, Heard, SeenElsewhere, SitePresenceUpdate

SOON_S = 3.0
"""Changes are told together, no more often than this."""
AT_LEAST_EVERY_S = 20.0
"""A terminal that hears nothing for a minute knows that it isn't told any more."""


class UpdateStream:
    """The steps to one terminal, from its greeting on."""

    def __init__(self, terminal: str, everybody: Iterable[int]) -> None:
        self._terminal = terminal
        self._number = 0
        self._told: set[int] = set()
        self._changed = set(everybody)
        self._said_s = float("-inf")

    def note(self, volunteers: Iterable[int]) -> None:
        """These volunteers stand elsewhere than before."""
        self._changed.update(volunteers)

    def is_due(self, now_s: float) -> bool:
        """Whether to say something now, in seconds of a clock that is never set."""
        return now_s - self._said_s >= (SOON_S if self._changed else AT_LEAST_EVERY_S)

    def steps(
        self, standings: SiteStandings, heard: Mapping[str, int], now_ms: int, now_s: float
    ) -> list[SitePresenceUpdate]:
        """All that is to be said: one step at least; `heard` is how far its own log was read, by epoch."""
        seen, gone = [], []
        for volunteer in sorted(self._changed):
            last = standings.last_seen(volunteer)
            if last and last.terminal != self._terminal:
                seen.append(SeenElsewhere(str(volunteer), last.activity, last.at_ms, last.since_ms))
                self._told.add(volunteer)
            elif volunteer in self._told:
                gone.append(str(volunteer))
                self._told.remove(volunteer)
        self._changed.clear()
        self._said_s = now_s
        places = [Heard(epoch, seq) for epoch, seq in heard.items()]
        steps = []
        for start in range(0, max(len(seen), len(gone), 1), MAX_SEEN):
            end = start + MAX_SEEN
            follows, self._number = self._number, max(self._number + 1, now_ms)
            steps.append(
                SitePresenceUpdate(
                    number=self._number,
                    follows=follows,
                    told_ms=now_ms,
                    heard=places,
                    seen=seen[start:end],
                    gone=gone[start:end],
                    more=end < max(len(seen), len(gone)),
                )
            )
        return steps
