"""A network of their own for machines: one namespace each, joined by a bridge in a third; needs root."""

import contextlib
import os
import subprocess
from collections.abc import Iterator

_PREFIX = f"muster-boot-{os.getpid()}"  # two who boot machines at once leave each other alone


def namespace_of(name: str) -> str:
    """The network namespace of a machine."""
    return f"{_PREFIX}-{name}"


@contextlib.contextmanager
def network(addresses: dict[str, str]) -> Iterator[None]:
    """Join the machines of these names under these addresses (IPv4 with prefix length), and nobody else."""
    switch = namespace_of("switch")
    everyone = [switch, *map(namespace_of, addresses)]
    for namespace in everyone:
        _forget(namespace)
    try:
        for namespace in everyone:
            _ip("netns", "add", namespace)
            _ip("-n", namespace, "link", "set", "lo", "up")
        _ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        _ip("-n", switch, "link", "set", "bridge", "up")
        for number, (name, address) in enumerate(addresses.items()):
            here, port = namespace_of(name), f"port{number}"
            _ip("-n", switch, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", here)
            _ip("-n", switch, "link", "set", port, "master", "bridge", "up")
            _ip("-n", here, "address", "add", address, "dev", "eth0")
            _ip("-n", here, "link", "set", "eth0", "up")
        yield
    finally:
        for namespace in everyone:
            _forget(namespace)


def _forget(namespace: str) -> None:
    subprocess.run(("ip", "netns", "delete", namespace), check=False, stderr=subprocess.DEVNULL)


def _ip(*words: str) -> None:
    subprocess.run(("ip", *words), check=True)
