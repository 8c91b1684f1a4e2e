"""Which addresses may be told something: https to machines that are public, never into the centre's network.

Whoever may enter an address must not reach by it what only the centre's machine reaches. A name is looked up
for each try, every address behind it is checked, and the connection goes to one of those that were.
"""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from msgspec import Struct

from foundation.errors import RulesError
from settlement.troubles import WebhookTrouble

LONGEST = 500
_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]+)*\.?")
_READABLE = re.compile(r"[!-~]+")
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 address behind a translator (RFC 6052)."""


class Target(Struct, frozen=True):
    """Where to send: the host's name for TLS and `Host`, and the path with its query."""

    host: str
    port: int
    path: str
    tls: bool

    @property
    def authority(self) -> str:
        """As the header `Host` names it."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == (443 if self.tls else 80) else f"{shown}:{self.port}"


def read_target(url: str, *, plain: bool) -> Target:
    """The parts of an address that people enter; `plain` allows http, which is for this machine alone.

    Raises RulesError BAD_WEBHOOK_ADDRESS, WEBHOOK_NOT_PUBLIC for a number that stands for no public machine.
    """
    wrong = RulesError(WebhookTrouble.BAD_WEBHOOK_ADDRESS, most=LONGEST)
    if not _READABLE.fullmatch(url) or len(url) > LONGEST or "\\" in url:
        raise wrong
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise wrong from error
    host, is_plain = parts.hostname or "", parts.scheme == "http"
    if parts.scheme not in {"https", "http"} or "@" in parts.netloc or parts.fragment or port == 0:
        raise wrong
    target = Target(host, port or (80 if is_plain else 443), _path(parts.path, parts.query), tls=not is_plain)
    numbered = _number(host)
    if numbered is None and not _NAME.fullmatch(host):
        raise wrong
    if numbered is not None or host == "localhost":
        check_addresses(target, [host if numbered is not None else "127.0.0.1"], plain=plain)
    elif is_plain:
        # What a name stands for is not known yet, and only this machine is told without TLS.
        raise wrong
    return target


def look_up(target: Target) -> list[str]:
    """The addresses behind the host, in the order of the resolver; raises OSError where there are none."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def check_addresses(target: Target, addresses: list[str], *, plain: bool) -> None:
    """Raise RulesError WEBHOOK_NOT_PUBLIC unless something may be sent to all of these."""
    here = plain and all(ip_address(one.partition("%")[0]).is_loopback for one in addresses)
    if here or (target.tls and addresses and all(map(is_public, addresses))):
        return
    raise RulesError(WebhookTrouble.WEBHOOK_NOT_PUBLIC, host=target.host)


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet, also where one stands for another."""
    number = ip_address(address.partition("%")[0])
    if isinstance(number, IPv6Address):
        if number.is_site_local or not all(map(_is_global, _within(number))):
            return False
        if number.ipv4_mapped is not None or number in _TRANSLATED:
            return True
    return _is_global(number)


def _is_global(number: IPv4Address | IPv6Address) -> bool:
    return number.is_global and not (number.is_multicast or number.is_reserved or number.is_unspecified)


def _within(number: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to."""
    translated = IPv4Address(int(number) & 0xFFFFFFFF) if number in _TRANSLATED else None
    relayed = number.teredo or ()
    found = (number.ipv4_mapped, number.sixtofour, translated, *relayed)
    return [one for one in found if one is not None]


def _number(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _path(path: str, query: str) -> str:
    return (path or "/") + (f"?{query}" if query else "")
