"""RabbitMQ on three nodes, as docs/operations.md sets it up: MQTT 3.1.1, mirrored queues of sessions."""

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.clusters.nodes import HOSTS, Node, answers, free_port_at, program
from tests.sync.patience import PATIENCE_S, until

_SBIN = "/usr/lib/rabbitmq/lib"
_ALLOWED = r"^mqtt-subscription-{name}qos[01]$"


class RabbitMq:
    """`folder` holds ca.pem, broker.pem and broker.key; `centres` and `terminals` are the users."""

    name = "RabbitMQ 3.10"
    mqtt_version = "3.1.1"

    def __init__(self, folder: Path, certificates: Path, centres: Iterable[str], terminals: Iterable[str]):
        self._server = self._script("rabbitmq-server")
        self._control = self._script("rabbitmqctl")
        self._epmd = program("epmd", package="rabbitmq-server")
        self._folder = folder
        self.port = free_port_at(HOSTS)
        self._names_port = free_port_at(HOSTS[:1])
        self._names: Node | None = None
        (folder / "definitions.json").write_text(json.dumps(definitions(centres, terminals)))
        cookie = folder / ".erlang.cookie"
        cookie.write_text("MUSTERTESTS")
        cookie.chmod(0o400)
        self._nodes = [self._node(number, certificates) for number in range(3)]

    @staticmethod
    def _script(name: str) -> str:
        """The script itself: the command in the path changes to the account of the service first."""
        program("rabbitmq-server", package="rabbitmq-server")
        return str(next(Path(_SBIN).glob(f"rabbitmq_server-*/sbin/{name}")))

    def _name(self, number: int) -> str:
        return f"m{number}-{self.port}@localhost"

    def _environment(self, number: int) -> dict[str, str]:
        return {
            "HOME": str(self._folder),
            "RABBITMQ_NODENAME": self._name(number),
            "ERL_EPMD_PORT": str(self._names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def _node(self, number: int, certificates: Path) -> Node:
        place = self._folder / f"node-{number}"
        place.mkdir()
        (place / "plugins").write_text("[rabbitmq_mqtt].\n")
        peers = "".join(
            f"cluster_formation.classic_config.nodes.{each + 1} = {self._name(each)}\n" for each in range(3)
        )
        (place / "rabbitmq.conf").write_text(
            "listeners.tcp = none\nmqtt.vhost = /\nmqtt.exchange = amq.topic\nmqtt.listeners.tcp = none\n"
            f"mqtt.listeners.ssl.1 = {HOSTS[number]}:{self.port}\nmqtt.allow_anonymous = false\n"
            "mqtt.ssl_cert_login = true\nssl_cert_login_from = common_name\n"
            "ssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = true\n"
            f"ssl_options.cacertfile = {certificates / 'ca.pem'}\n"
            f"ssl_options.certfile = {certificates / 'broker.pem'}\n"
            f"ssl_options.keyfile = {certificates / 'broker.key'}\n"
            "cluster_formation.peer_discovery_backend = classic_config\n"
            f"{peers}cluster_partition_handling = pause_minority\n"
            f"load_definitions = {self._folder / 'definitions.json'}\n"
        )
        environment = self._environment(number) | {
            "RABBITMQ_DIST_PORT": str(free_port_at(HOSTS[:1])),
            "RABBITMQ_MNESIA_BASE": str(place / "mnesia"),
            "RABBITMQ_LOG_BASE": str(place / "log"),
            "RABBITMQ_CONFIG_FILE": str(place / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(place / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1",
            "RABBITMQ_LOGS": "-",
        }
        return Node([self._server], environment, place / "output")

    def start(self) -> None:
        """The first node before the others, then the policy that mirrors the queues of sessions."""
        self._names = Node(
            [self._epmd, "-port", str(self._names_port), "-address", "127.0.0.1"],
            {},
            self._folder / "epmd.log",
        )
        self._names.start()
        for number in range(3):
            self.revive(number)
        self._call("set_policy", "ha-all", "^mqtt-subscription-", '{"ha-mode":"all"}')

    def _call(self, *words: str) -> str:
        done = subprocess.run(
            [self._control, *words],
            env={**os.environ, **self._environment(0)},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

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
        for node in (*self._nodes, self._names):
            if node is not None:
                node.kill()


def definitions(centres: Iterable[str], terminals: Iterable[str]) -> dict[str, object]:
    """Users without passwords, and what each may do: the access list of config/acl.conf."""
    users: dict[str, tuple[str, str]] = {}
    for name in terminals:
        users[name] = (
            rf"^muster\.1\.(up\.[0-9]+\.{name}\.(batch|hello|renewal)|state\.{name})$",
            rf"^muster\.1\.(down\.{name}(\..+)?|config\.{name}|host|state\.{name})$",
        )
    for name in centres:
        users[name] = (
            r"^muster\.1\.(up\..*|down\..*|config\..*|host)$",
            r"^muster\.1\.((up|state)\..*|host)$",
        )
    return {
        "vhosts": [{"name": "/"}],
        "users": [
            {
                "name": name,
                "password_hash": "",
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "",
            }
            for name in users
        ],
        "permissions": [
            {
                "user": name,
                "vhost": "/",
                "configure": _ALLOWED.format(name=name),
                "write": rf"{_ALLOWED.format(name=name)}|^amq\.topic$",
                "read": rf"{_ALLOWED.format(name=name)}|^amq\.topic$",
            }
            for name in users
        ],
        "topic_permissions": [
            {"user": name, "vhost": "/", "exchange": "amq.topic", "write": write, "read": read}
            for name, (write, read) in users.items()
        ],
    }
