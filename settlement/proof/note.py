"""Checkpoints: the head of the tree as a signed note (C2SP signed-note and tlog-checkpoint). Pure.

    muster/live/0123456789abcdef
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — muster/live/0123456789abcdef Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+…

Origin, number of leaves, root; an empty line; a line for each signature: a name and, in base64, four bytes
that name the key and the signature over all above the empty line. Signatures of others may stand there too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from settlement.proof.texts import bytes_of, number_of, text_of
from sync.contract.signing import SIGNATURE_BYTES, SigningKey, VerifyKey

ROOT_BYTES = 32
_KEY_ID_BYTES = 4
_ED25519 = b"\x01"
_MOST_SIGNATURES = 32
_DASH = "— "


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key under the name that its signatures bear."""

    name: str
    key: VerifyKey

    @property
    def key_id(self) -> bytes:
        """What names the key in a signature."""
        named = self.name.encode() + b"\n" + _ED25519 + self.key.raw
        return sha256(named).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{text_of(_ED25519 + self.key.raw)}"


@dataclass(frozen=True, slots=True)
class Head:
    """How a tree stood: the name of its log, how many leaves it had, and their root."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{text_of(self.root)}\n"


def read_keys(text: str) -> list[NoteKey]:
    """The keys of a file, one a line as `NoteKey` is written, `#` before remarks; raises ValueError."""
    written = [line.strip() for line in text.splitlines()]
    return [_key(line) for line in written if line and not line.startswith("#")]


def sign(head: Head, key: SigningKey) -> str:
    """The checkpoint of a head, signed by the centre under the origin's name."""
    said = str(head)
    key_id = NoteKey(head.origin, key.public).key_id
    return f"{said}\n{_DASH}{head.origin} {text_of(key_id + key.sign(said.encode()))}\n"


def read_head(note: str) -> Head:
    """What a checkpoint says, whoever signed it; raises ValueError for what is none."""
    said, _signatures = _parts(note)
    origin, size, root = said.removesuffix("\n").split("\n")
    head = Head(origin, number_of(size), bytes_of(root, ROOT_BYTES))
    if not _is_name(origin):
        raise ValueError(origin)
    return head


def signer(note: str, keys: Collection[NoteKey]) -> NoteKey | None:
    """Which of these keys of the log itself signed a checkpoint; None where none did.

    None too where a signature by one of them doesn't hold. Those of others are passed over. Raises
    ValueError for what is no checkpoint.
    """
    said, signatures = _parts(note)
    origin = read_head(note).origin
    found = None
    for name, key_id, signature in signatures:
        for key in keys:
            if key.name != origin or (name, key_id) != (key.name, key.key_id):
                continue
            if len(signature) != SIGNATURE_BYTES or not key.key.verifies(signature, said.encode()):
                return None
            found = found or key
    return found


def _parts(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    said, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n") or any(sign < " " and sign != "\n" for sign in note):
        raise ValueError(note[:80])
    lines = signatures.removesuffix("\n").split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise ValueError(note[:80])
    return f"{said}\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, space, text = line.removeprefix(_DASH).partition(" ")
    raw = bytes_of(text)
    if not line.startswith(_DASH) or not space or not _is_name(name) or len(raw) <= _KEY_ID_BYTES:
        raise ValueError(line)
    return name, raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:]


def _key(line: str) -> NoteKey:
    name, key_id, text = line.split("+", 2)
    raw = bytes_of(text)
    if raw[:1] != _ED25519:
        raise ValueError(line)
    key = NoteKey(name, VerifyKey(raw[1:]))
    if not _is_name(name) or str(key) != line or key.key_id.hex() != key_id:
        raise ValueError(line)
    return key


def _is_name(text: str) -> bool:
    return bool(text) and "+" not in text and not any(sign.isspace() for sign in text)
