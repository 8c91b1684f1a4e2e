"""A second verifier of proofs, written from the specifications alone: it shares no code with ours.

C2SP tlog-proof, tlog-checkpoint and signed-note; RFC 6962 (2.1.1); docs/proofs.md for the extra data.
"""

import base64
import hashlib
import json
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

B64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
HASH = r"[A-Za-z0-9+/]{43}="
NUMBER = r"(?:0|[1-9][0-9]{0,17})"
NAME = r"[^\s+]+"
PROOF = re.compile(
    rf"c2sp\.org/tlog-proof@v1\nextra (?P<extra>{B64})\nindex (?P<index>{NUMBER})\n(?P<path>(?:{HASH}\n)*)\n"
    rf"(?P<said>(?P<origin>{NAME})\n(?P<size>{NUMBER})\n(?P<root>{HASH})\n)\n"
    rf"(?P<signatures>(?:— {NAME} {B64}\n)+)"
)


def accepts(text, vkeys):
    """What a proof says, as (leaf, what is shown), or None where it proves nothing."""
    found = PROOF.fullmatch(text)
    try:
        if not found or not signed(found, vkeys):
            return None
        leaf, _, opened = strict(found["extra"]).partition(b"\n")
        path = [strict(line) for line in found["path"].splitlines()]
        top = climb(hashlib.sha256(b"\0" + leaf).digest(), int(found["index"]), int(found["size"]), path)
        said = json.loads(leaf)
        if top != strict(found["root"]) or not isinstance(said, dict):
            return None
        return leaf, unsealed(said, opened)
    except ValueError:
        return None


def strict(text):
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError
    return raw


def climb(leaf, index, size, path):
    """The root by the recursive definition, from the top down, taking the path from its end."""
    if size < 2:
        if path or index:
            raise ValueError
        return leaf
    if not path:
        raise ValueError
    half = 1
    while half * 2 < size:
        half *= 2
    *below, beside = path
    if index < half:
        return hashlib.sha256(b"\1" + climb(leaf, index, half, below) + beside).digest()
    return hashlib.sha256(b"\1" + beside + climb(leaf, index - half, size - half, below)).digest()


def signed(found, vkeys):
    good = False
    for line in found["signatures"].splitlines():
        _, name, text = line.split(" ")
        raw = strict(text)
        for vkey in vkeys:
            key_name, key_id, key = vkey.split("+", 2)
            public = strict(key)[1:]
            if name != key_name or name != found["origin"] or raw[:4].hex() != key_id:
                continue
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], found["said"].encode())
            except InvalidSignature:
                return False
            good = True
    return good


def unsealed(said, opened):
    if not opened:
        return []
    shown, seals = [], b""
    parts = json.loads(opened)
    if json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode() != opened:
        raise ValueError
    for part in parts:
        if isinstance(part, str):
            if len(strict(part)) != 32:
                raise ValueError
            seals += strict(part)
            continue
        name, salt, value = part
        if len(strict(salt)) != 16:
            raise ValueError
        seals += hashlib.sha256(strict(salt) + name.encode() + b"\0" + value.encode()).digest()
        shown.append((name, value))
    if base64.b64encode(hashlib.sha256(seals).digest()).decode() != said.get("sealed"):
        raise ValueError
    return shown
