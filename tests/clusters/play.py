"""One round: a broker of three nodes under load, one of them killed with signal 9 and started again."""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.clusters.line import ClusterLine
from tests.clusters.nats import Nats
from tests.clusters.rabbitmq import RabbitMq

BROKERS = {"rabbitmq": RabbitMq, "nats": Nats}
HEALS_WITHIN_S = 120
"""Far more than the terminals' own timers (20, 40 s) and a cluster's election; later is not healed."""
_BEFORE_S, _AFTER_S = 5.0, 5.0


@dataclass(frozen=True)
class Round:
    """What became of it; the node `served` so many of the four clients.

    `healed_s` is None where the centre was not up to date again in time.
    """

    broker: str
    node: int
    served: int
    shown: int
    stored: int
    missing: int
    doubled: int
    healed_s: float | None

    @property
    def is_well(self) -> bool:
        """Whether nothing is missing or doubled, and the line healed while the node was dead."""
        return not self.missing and not self.doubled and self.healed_s is not None

    def __str__(self) -> str:
        healed = "no" if self.healed_s is None else f"{self.healed_s:.1f} s"
        return (
            f"{self.broker:14} {self.node + 1:6} {self.served:7} {self.shown:6} {self.stored:6} "
            f"{self.missing:7} {self.doubled:7} {healed:>10}"
        )


HEADINGS = (
    f"{'broker':14} {'killed':>6} {'clients':>7} {'shown':>6} {'stored':>6} {'missing':>7} {'doubled':>7} "
    f"{'healed':>10}"
)


def play(broker: str, node: int | None, folder: Path) -> Round:
    """Without a node, that of the listener is killed. Raises NotInstalledError."""
    line = ClusterLine(folder, BROKERS[broker])
    try:
        line.start()
        line.begin_load()
        time.sleep(_BEFORE_S)
        if node is None:
            node = next(each for each in range(3) if "centre" in line.served_by(each))
        served = len(line.served_by(node))
        killed_s = time.monotonic()
        line.broker.kill(node)
        healed_s = line.healed_within(HEALS_WITHIN_S, killed_s)
        line.broker.revive(node)
        time.sleep(_AFTER_S)
        line.end_load()
        line.wait_until_stored(HEALS_WITHIN_S)
        shown, stored = line.shown(), line.stored()
        missing = sum(event not in stored for event in shown)
        return Round(
            line.broker.name,
            node,
            served,
            len(shown),
            len(shown) - missing,
            missing,
            line.doubled(),
            healed_s,
        )
    finally:
        line.stop()
