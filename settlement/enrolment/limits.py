"""How often somebody may ask to be enrolled: a bucket of requests for each address, and one for all."""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass

_REMEMBERED = 4096


@dataclass(slots=True)
class _Bucket:
    left: float
    since_s: float


class RequestLimit:
    """Counts requests; times are monotonic seconds. An IPv6 network of 64 bits counts as one address."""

    def __init__(self, per_minute: int, per_minute_in_all: int) -> None:
        self._per_minute = per_minute
        self._in_all_per_minute = per_minute_in_all
        self._in_all = _Bucket(per_minute_in_all, 0.0)
        self._of: OrderedDict[str, _Bucket] = OrderedDict()

    def allows(self, address: str, now_s: float) -> bool:
        """Whether one more request from there may be answered now."""
        place = _network(address)
        bucket = self._of.pop(place, None) or _Bucket(self._per_minute, now_s)
        self._of[place] = bucket
        if len(self._of) > _REMEMBERED:
            self._of.popitem(last=False)
        # Who is over its own limit takes nothing from the others.
        return _take(bucket, self._per_minute, now_s) and _take(self._in_all, self._in_all_per_minute, now_s)


def _take(bucket: _Bucket, per_minute: int, now_s: float) -> bool:
    bucket.left = min(per_minute, bucket.left + (now_s - bucket.since_s) * per_minute / 60)
    bucket.since_s = now_s
    if bucket.left < 1:
        return False
    bucket.left -= 1
    return True


def _network(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return address
