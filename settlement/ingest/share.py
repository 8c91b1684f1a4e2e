"""The part of all terminals that one listener serves: everybody, where no other shares the database."""

from settlement.downlink.served import EVERYBODY, Served
from settlement.ingest.buckets import NAMES
from settlement.monitoring.link_states import STATES
from sync.contract import wire
from sync.line.broker_link import BrokerLink


class Share:
    """Everybody, by one subscription; and what the listener asks of any other share."""

    topics: tuple[str, ...] = (wire.topic("up", "+", "+", "+"), STATES)
    """What is heard of every connection from its beginning."""

    @property
    def served(self) -> Served:
        """Those of whom nothing can be missed now."""
        return EVERYBODY

    @property
    def canary_bucket(self) -> str | None:
        """A bucket that is heard; None while none is."""
        return NAMES[0]

    def look(self, link: BrokerLink) -> None:
        """Take, give back and subscribe what is due; called at every turn, and while the database is away."""

    def connected_anew(self) -> None:
        """The connection to the broker is another one, or there is none: what was subscribed to is gone."""

    def subscribed(self) -> bool:
        """The broker gave what was asked for; whether more is served by now, and is to send again."""
        return False

    def tell_delivery(self, terminal: str) -> None:
        """Let other listeners know that this terminal delivered: they may serve others at its site."""

    def deliveries_told(self) -> list[str]:
        """Terminals that delivered to other listeners."""
        return []

    def leave(self) -> None:
        """Leave all of it to others, for now or for good."""
