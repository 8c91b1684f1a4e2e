"""How both ends reach the MQTT broker: settings, a prepared client, and the pause before the next attempt."""

import ssl
from pathlib import Path
from random import Random
from typing import Annotated

import paho.mqtt.client as mqtt
from msgspec import Meta, Struct
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from foundation.back_off import BackOff
from foundation.errors import SettingsError
from sync.line.troubles import LineTrouble

KEEPALIVE_S = 60
STABLE_S = 60
"""A connection that held this long makes the next pause short again."""


class BrokerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the broker is and how to prove who we are; without `ca_file` the line is not encrypted."""

    host: Annotated[str, Meta(min_length=1)] = "localhost"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8883
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    mqtt_version: Annotated[str, Meta(pattern="^(5|3\\.1\\.1)$")] = "5"
    shortest_pause_ms: Annotated[int, Meta(ge=50, le=60_000)] = 500
    longest_pause_ms: Annotated[int, Meta(ge=100, le=600_000)] = 10_000

    def __post_init__(self) -> None:
        """Refuse pauses that contradict each other."""
        if self.longest_pause_ms < self.shortest_pause_ms:
            raise SettingsError(LineTrouble.PAUSES_CONTRADICT)


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
    """Open the connection with a clean session; raises OSError when nobody answers there."""
    if settings.mqtt_version == "5":
        client.connect(settings.host, settings.port, KEEPALIVE_S, clean_start=True)
    else:
        client.connect(settings.host, settings.port, KEEPALIVE_S)


class ReconnectPause:
    """How long to wait before the next attempt: doubling with full jitter, short again after a calm."""

    def __init__(self, settings: BrokerSettings, random: Random) -> None:
        self._back_off = BackOff(settings.shortest_pause_ms, settings.longest_pause_ms)
        self._random = random
        self._failures = 0

    def next_s(self, connected_for_s: float) -> float:
        """Seconds to wait, after a connection that held for `connected_for_s` (0 = none was made)."""
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
