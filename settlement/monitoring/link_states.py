"""Which terminals are connected, as the broker's retained messages say; advisory, for monitoring alone."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from sync.contract import wire
from sync.contract.wire import LinkState

STATES = wire.topic("state", "+")
UNKNOWN = "unknown"
"""Nothing was heard of it since the listener's own connection began."""
_STATE_OF = wire.topic("state", "")
_MOST = 20_000


class _Said(msgspec.Struct):
    state: LinkState


class LinkStates:
    """What the listener has heard; another thread may count meanwhile."""

    def __init__(self) -> None:
        self._states: dict[str, LinkState] = {}

    @staticmethod
    def is_state(topic: str) -> bool:
        """Whether a message is one of these."""
        return topic.startswith(_STATE_OF)

    def note(self, topic: str, payload: bytes) -> None:
        """Take what a terminal, or the broker in its place, says; what can't be read says nothing."""
        terminal = topic.removeprefix(_STATE_OF)
        try:
            said = msgspec.json.decode(payload, type=_Said)
        except msgspec.DecodeError:
            self._states.pop(terminal, None)
            return
        if terminal in self._states or len(self._states) < _MOST:
            self._states[terminal] = said.state

    def forget(self) -> None:
        """The connection is another one: the broker tells everything again."""
        self._states.clear()

    def count(self, terminals: Iterable[str]) -> dict[str, int]:
        """How many of these are in each state."""
        heard = dict(self._states)
        counted = Counter(str(heard.get(terminal, UNKNOWN)) for terminal in terminals)
        return {state: counted[state] for state in (*map(str, LinkState), UNKNOWN)}
