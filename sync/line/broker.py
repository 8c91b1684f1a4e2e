"""How both ends reach the MQTT broker: settings, a prepared client, and the pause before the next attempt."""

import contextlib
import re
import ssl
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Annotated

import msgspec
import paho.mqtt.client as mqtt
from msgspec import Meta, Struct
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from foundation.back_off import BackOff
from foundation.errors import SettingsError
from sync.line.troubles import LineTrouble

KEEPALIVE_S = 60
STABLE_S = 60
"""A connection that held this long makes the next pause short again."""


_HOST = re.compile(r"[^\s/:]+|[0-9a-fA-F.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
"""A name or an address; of those with colons only one of IPv6, for there is no place for a port."""


class BrokerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the broker is and how to prove who we are; without `ca_file` the line is not encrypted.

    `hosts` are the nodes of a cluster, which take the place of `host`.
    """

    host: Annotated[str, Meta(min_length=1)] = "localhost"
    hosts: Annotated[list[Annotated[str, Meta(min_length=1)]], Meta(max_length=50)] = []
    port: Annotated[int, Meta(ge=1, le=65535)] = 8883
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    mqtt_version: Annotated[str, Meta(pattern="^(5|3\\.1\\.1)$")] = "5"
    shortest_pause_ms: Annotated[int, Meta(ge=50, le=60_000)] = 500
    longest_pause_ms: Annotated[int, Meta(ge=100, le=600_000)] = 10_000

    def __post_init__(self) -> None:
        """Refuse pauses that contradict each other, and hosts that can be none."""
        for host in self.hosts:
            if not _HOST.fullmatch(host):
                raise SettingsError(LineTrouble.BROKER_HOST_WRONG, host=host)
        if self.longest_pause_ms < self.shortest_pause_ms:
            raise SettingsError(LineTrouble.PAUSES_CONTRADICT)

    def with_files(self, path: Callable[[str], Path]) -> "BrokerSettings":
        """The same with the paths that `path` makes of its files."""
        named = {name: getattr(self, name) for name in ("ca_file", "certificate_file", "key_file")}
        placed = {name: str(path(value)) for name, value in named.items() if value}
        return msgspec.structs.replace(self, **placed)

    def nodes(self) -> "list[BrokerSettings]":
        """How to reach each node of the broker: the same settings with one host."""
        return [msgspec.structs.replace(self, host=host, hosts=[]) for host in self.hosts] or [self]


def prepare_client(settings: BrokerSettings, client_id: str, *, comes_back: bool = False) -> mqtt.Client:
    """A client that isn't connected yet; raises SettingsError for certificates that can't be used.

    `comes_back` leaves it to paho to connect again, for a client that decides nothing by it.
    """
    newest = settings.mqtt_version == "5"
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id,
        clean_session=None if newest else True,
        protocol=MQTTProtocolVersion.MQTTv5 if newest else MQTTProtocolVersion.MQTTv311,
        reconnect_on_failure=comes_back,
    )
    if settings.ca_file:
        client.tls_set_context(tls_context(settings))
    return client


def connect(client: mqtt.Client, settings: BrokerSettings) -> None:
    """Open the connection with a clean session, at the first node that takes it.

    Raises OSError when nobody answers at any.
    """
    *others, last = settings.nodes()
    for node in others:
        with contextlib.suppress(OSError):
            _connect(client, node)
            return
    _connect(client, last)


def _connect(client: mqtt.Client, node: BrokerSettings) -> None:
    if node.mqtt_version == "5":
        client.connect(node.host, node.port, KEEPALIVE_S, clean_start=True)
    else:
        client.connect(node.host, node.port, KEEPALIVE_S)


class Nodes:
    """Which node of the broker is next: a random one at first, so that all of them get their share."""

    def __init__(self, settings: BrokerSettings, random: Random) -> None:
        self._nodes = settings.nodes()
        self._place = random.randrange(len(self._nodes))

    @property
    def current(self) -> BrokerSettings:
        """The node's settings."""
        return self._nodes[self._place]

    def failed(self) -> None:
        """The attempt came to nothing: the next one's turn, in the order of the settings."""
        self._place = (self._place + 1) % len(self._nodes)


class ReconnectPause:
    """How long to wait before the next attempt: doubling with full jitter, short again after a calm."""

    def __init__(self, settings: BrokerSettings, random: Random) -> None:
        self._back_off = BackOff(settings.shortest_pause_ms, settings.longest_pause_ms)
        self._random = random
        self._failures = 0

    def next_s(self, connected_for_s: float) -> float:
        """Seconds to wait, after a connection that held for `connected_for_s`.

        0 for none, and for one on which nothing was ever heard: it held for nothing.
        """
        if connected_for_s >= STABLE_S:
            self._failures = 0
        self._failures += 1
        shortest_ms = self._back_off.first_ms // 2
        return self._back_off.random_pause_ms(self._failures, self._random, at_least_ms=shortest_ms) / 1000


def tls_context(settings: BrokerSettings) -> ssl.SSLContext:
    """How both ends speak TLS; raises SettingsError for certificates that can't be used."""
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # Python's own default since 3.13: every version judges a certificate alike.
        context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
        if settings.certificate_file:
            context.load_cert_chain(Path(settings.certificate_file), Path(settings.key_file))
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(LineTrouble.CERTIFICATES_NOT_USABLE, why=error) from error
    return context
