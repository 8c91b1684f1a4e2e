"""What the listener tells Prometheus of itself: what it took, what waits, and how its line is."""

from prometheus_client.core import Metric

from foundation.figures import Tally, counters, gauge
from settlement.ingest.admission import Admission
from settlement.ingest.share import Share
from sync.contract.wire import BUCKETS
from sync.line.broker_link import BrokerLink


def line_figures(messages: Tally, link: BrokerLink, admission: Admission, share: Share) -> list[Metric]:
    """What was counted since the start, and how things are now; safe from any thread."""
    return [
        counters(
            "muster_centre_messages",
            "Messages of terminals since the listener's start, by kind and what became of them.",
            ("kind", "result"),
            messages.counted(),
        ),
        gauge(
            "muster_centre_ingest_queue",
            "Messages that came and are not taken yet.",
            link.waiting + len(admission),
        ),
        counters(
            "muster_centre_messages_unread",
            "Messages that asked for no acknowledgement (MQTT's QoS 0), and were not taken.",
            (),
            {(): link.dropped_unread},
        ),
        gauge("muster_centre_broker_connected", "1 while the line is up.", link.is_up),
        gauge(
            "muster_centre_buckets",
            f"Of the {BUCKETS} parts of all terminals, those that this listener serves.",
            len(share.served.parts) if link.is_up else 0,
        ),
    ]
