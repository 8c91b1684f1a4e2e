"""NATS on three nodes with JetStream, as docs/operations.md sets it up: MQTT 3.1.1, users by certificates."""

import json
from collections.abc import Iterable
from pathlib import Path

from tests.clusters.nodes import HOSTS, Node, answers, free_port_at, program
from tests.sync.patience import until


class Nats:
    """`certificates` holds ca.pem, broker.pem and broker.key; `centres` and `terminals` are the users."""

    name = "NATS 2.9"
    mqtt_version = "3.1.1"

    def __init__(self, folder: Path, certificates: Path, centres: Iterable[str], terminals: Iterable[str]):
        self._server = program("nats-server", package="nats-server")
        self._folder = folder
        self.port = free_port_at(HOSTS)
        self._client_port, self._route_port = free_port_at(HOSTS), free_port_at(HOSTS)
        users = users_of(centres, terminals)
        self._nodes = [self._node(number, certificates, users) for number in range(3)]

    def _node(self, number: int, certificates: Path, users: list[dict[str, object]]) -> Node:
        place = self._folder / f"node-{number}"
        place.mkdir()
        routes = ", ".join(f'"nats://{host}:{self._route_port}"' for host in HOSTS)
        (place / "nats.conf").write_text(
            f'server_name: "m{number}"\nlisten: "{HOSTS[number]}:{self._client_port}"\nmax_payload: 1MB\n'
            f'jetstream {{ store_dir: "{place / "store"}", max_mem: 256M, max_file: 1G }}\n'
            f'cluster {{ name: "muster", listen: "{HOSTS[number]}:{self._route_port}", '
            f"routes: [{routes}] }}\n"
            f'mqtt {{ listen: "{HOSTS[number]}:{self.port}", tls {{ cert_file: "{certificates}/broker.pem", '
            f'key_file: "{certificates}/broker.key", ca_file: "{certificates}/ca.pem", '
            "verify_and_map: true, timeout: 10 } }\n"
            f"authorization {{ users: {json.dumps(users)} }}\n"
        )
        return Node([self._server, "-c", str(place / "nats.conf")], {}, place / "output")

    def start(self) -> None:
        """All three at once: they elect a leader before any of them serves MQTT."""
        for node in self._nodes:
            node.start()
        for number, node in enumerate(self._nodes):
            node.wait_for(HOSTS[number], self.port)

    def kill(self, number: int) -> None:
        """As a power cut would."""
        self._nodes[number].kill()
        until(lambda: not answers(HOSTS[number], self.port))

    def revive(self, number: int) -> None:
        """Returns when clients are taken again."""
        self._nodes[number].start()
        self._nodes[number].wait_for(HOSTS[number], self.port)

    def stop(self) -> None:
        """End all of it."""
        for node in self._nodes:
            node.kill()


def users_of(centres: Iterable[str], terminals: Iterable[str]) -> list[dict[str, object]]:
    """What each may do: the access list of config/acl.conf; users are the names of certificates."""
    users = []
    for name in terminals:
        publish = [f"muster.1.up.*.{name}.{kind}" for kind in ("batch", "hello", "renewal")]
        subscribe = [f"muster.1.down.{name}.>", f"muster.1.down.{name}", f"muster.1.config.{name}"]
        own = f"muster.1.state.{name}"
        users.append(_user(name, [*publish, own], [*subscribe, "muster.1.host", own]))
    for name in centres:
        publish = ["muster.1.up.>", "muster.1.down.>", "muster.1.config.>", "muster.1.host"]
        users.append(_user(name, publish, ["muster.1.up.>", "muster.1.state.>", "muster.1.host"]))
    return users


def _user(name: str, publish: list[str], subscribe: list[str]) -> dict[str, object]:
    allowed = {"publish": {"allow": publish}, "subscribe": {"allow": [*subscribe, "$MQTT.sub.>"]}}
    return {"user": name, "permissions": allowed}
