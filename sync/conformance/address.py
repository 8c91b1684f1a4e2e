"""Where a broker that is to be tried is, as people write it: `mqtts://broker.example:8883`."""

from dataclasses import dataclass
from urllib.parse import urlsplit

_USUAL_PORT = 8883


@dataclass(frozen=True, slots=True)
class Address:
    """Host and port of a broker, or of one of its nodes."""

    host: str
    port: int


def read_address(url: str) -> Address | None:
    """None for anything else than a broker that speaks TLS: without it there is nothing to check."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _USUAL_PORT
    except ValueError:
        return None
    if not host or parts.scheme != "mqtts" or parts.path.strip("/") or parts.query or parts.username:
        return None
    return Address(host, port)
