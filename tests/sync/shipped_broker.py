"""A real mosquitto with the shipped configuration and access list, and clients with certificates."""

import queue
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from muster.demo.broker import configure_mosquitto, find_mosquitto
from tests.sync.live_broker import free_port
from tests.sync.patience import PATIENCE_S, until


class ShippedBroker:
    """Reads ca.pem, broker.pem, broker.key and revoked.pem of its folder.

    `more_access` is added to the shipped access list, for a witness of what the broker passes on.
    """

    def __init__(self, folder: Path, port: int | None = None, more_access: str = "") -> None:
        self.port = port or free_port()
        self.folder = folder
        self._log = folder / "mosquitto.log"
        self._configuration = configure_mosquitto(folder, "mosquitto", self.port, more_access)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Returns when it listens."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [find_mosquitto(), "-c", str(self._configuration)], stdout=log, stderr=log
            )
        until(self._listens)

    def _listens(self) -> bool:
        assert self._process is None or self._process.poll() is None, self._log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def reload(self) -> None:
        """Let it read its files anew; it does so in its own time."""
        assert self._process
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """End it."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


class Client:
    """A client of the broker; `name` is that of its files in `folder`, "" for one without a certificate.

    `will` is the topic of its will.
    """

    def __init__(
        self,
        broker: ShippedBroker,
        folder: Path,
        name: str,
        client_id: str = "",
        *,
        will: str = "",
    ) -> None:
        self.heard: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self.answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._granted: queue.SimpleQueue[list[bool]] = queue.SimpleQueue()
        self._taken: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id or name,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        context = ssl.create_default_context(cafile=str(broker.folder / "ca.pem"))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        if name:
            context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
        self._client.tls_set_context(context)
        if will:
            self._client.will_set(will, b"will", qos=1)
        self._client.on_connect = lambda _c, _u, _f, reason, _p: self.answers.put(
            "refused" if reason.is_failure else "let in"
        )
        self._client.on_disconnect = lambda *_: self.answers.put("hung up")
        self._client.on_message = lambda _c, _u, message: self.heard.put((message.topic, message.payload))
        self._client.on_subscribe = lambda _c, _u, _m, reasons, _p: self._granted.put(
            [not reason.is_failure for reason in reasons]
        )
        self._client.on_publish = lambda _c, _u, _m, reason, _p: self._taken.put(not reason.is_failure)
        try:
            self._client.connect("localhost", broker.port)
        except (ssl.SSLError, ConnectionResetError, BrokenPipeError):
            self.answers.put("hung up")
        else:
            self._client.loop_start()
        self.answer = self.answers.get(timeout=PATIENCE_S)

    def subscribe(self, topic: str) -> bool:
        """Whether the broker grants it."""
        self._client.subscribe(topic, 1)
        return self._granted.get(timeout=PATIENCE_S)[0]

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Whether the broker took it, or threw it away."""
        self._client.publish(topic, payload, qos=1, retain=retain)
        return self._taken.get(timeout=PATIENCE_S)

    def hears_before(self, last: str) -> set[str]:
        """The topics of what it hears before a message on `last`."""
        heard = set()
        while (topic := self.heard.get(timeout=PATIENCE_S)[0]) != last:
            heard.add(topic)
        return heard

    def die(self) -> None:
        """Leave so that the broker publishes the will; returns when it has hung up, and so has done it."""
        self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, "Disconnect with will message"))
        assert self.answers.get(timeout=PATIENCE_S) == "hung up"

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()
