"""Who a terminal is on the line."""

from dataclasses import dataclass

from sync.contract.signing import SigningKey, VerifyKey
from sync.contract.wire import Realm


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this terminal is on the line, and whom it believes."""

    terminal: str
    bucket: str
    realm: Realm
    key: SigningKey
    centre: VerifyKey
