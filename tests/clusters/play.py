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
    """What became of it; `healed_s` is None where nothing was stored again in time."""

    broker: str
    node: int
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
            f"{self.broker:14} {self.node + 1:6} {self.shown:6} {self.stored:6} {self.missing:7} "
            f"{self.doubled:7} {healed:>10}"
        )


HEADINGS = (
    f"{'broker':14} {'killed':>6} {'shown':>6} {'stored':>6} {'missing':>7} {'doubled':>7} {'healed':>10}"
)


def play(broker: str, node: int, folder: Path) -> Round:
    """Raises NotInstalledError where the broker is not installed."""
    line = ClusterLine(folder, BROKERS[broker])
    try:
        line.start()
        line.begin_load()
        time.sleep(_BEFORE_S)
        line.broker.kill(node)
        healed_s = line.healed_within(HEALS_WITHIN_S)
        line.broker.revive(node)
        time.sleep(_AFTER_S)
        line.end_load()
        line.wait_until_stored(HEALS_WITHIN_S)
        shown, stored = line.shown(), line.stored()
        missing = sum(event not in stored for event in shown)
        return Round(
            line.broker.name, node, len(shown), len(shown) - missing, missing, line.doubled(), healed_s
        )
    finally:
        line.stop()
