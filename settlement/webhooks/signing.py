"""Secrets of webhooks, and signatures as the specification "Standard Webhooks" has them.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

_MARK = "whsec_"
_KEY_BYTES = 32


def make_secret() -> str:
    """A secret as its receiver is handed it."""
    return _MARK + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def seal(secret: str) -> str:
    """As it is stored: no backup of the tables alone can sign."""
    return _seal().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str | None:
    """The secret; None where the centre's own is another one than when it was sealed."""
    try:
        return _seal().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def signed_headers(secret: str, message: str, at_s: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver knows who sent the body, and when (UTC seconds)."""
    key = base64.b64decode(secret.removeprefix(_MARK))
    content = f"{message}.{at_s}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, content, "sha256")).decode()
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"v1,{signature}",
    }


def _seal() -> Fernet:
    key = hashlib.sha256(b"muster webhook\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
