"""A stand-in for NXP's NTAG 424 DNA: shows another signed web address at each tap."""

from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from drivers.contactless.ntag424 import SEVEN_BYTE_UID_AND_COUNTER, TagKeys, signature_of
from drivers.contactless.type4_tag import READ_BINARY, SELECT_APPLICATION, SELECT_NDEF_FILE
from drivers.contactless.uid import GET_UID

_DONE, _NOT_FOUND, _NOT_ALLOWED = b"\x90\x00", b"\x6a\x82", b"\x69\x86"
_WRONG_OFFSET, _UNKNOWN = b"\x6b\x00", b"\x6d\x00"
_FILE_BYTES = 256
_FILLING = bytes.fromhex("A5A5A5A5A5")  # a real tag fills the block with what it draws
_HTTPS = b"\x04"


def card_showing(uid: str, address: str) -> Callable[[bytes], bytes]:
    """A Type 4 card's answers: its UID, and an NDEF message with one https address below 250 characters."""
    content = _HTTPS + address.removeprefix("https://").encode()
    message = bytes([0xD1, 1, len(content)]) + b"U" + content
    file = (len(message).to_bytes(2) + message).ljust(_FILE_BYTES, b"\x00")
    selected = [b""]

    def answer(command: bytes) -> bytes:
        if command == GET_UID:
            return bytes.fromhex(uid) + _DONE
        if command in (SELECT_APPLICATION, SELECT_NDEF_FILE):
            in_order = command == SELECT_APPLICATION or selected[0] == SELECT_APPLICATION
            selected[0] = command
            return _DONE if in_order else _NOT_FOUND
        if not command.startswith(READ_BINARY):
            return _UNKNOWN
        if selected[0] != SELECT_NDEF_FILE:
            return _NOT_ALLOWED
        offset, length = int.from_bytes(command[2:4]), command[4]
        return file[offset : offset + length] + _DONE if offset < _FILE_BYTES else _WRONG_OFFSET

    return answer


class SigningTag:
    """One tag: `uid` has 14 hexadecimal digits; it was tapped `counter` times when it left its maker."""

    def __init__(self, uid: str, keys: TagKeys, *, counter: int = 0, encrypts: bool = True) -> None:
        self._uid = bytes.fromhex(uid)
        self._keys = keys
        self._counter = counter
        self._encrypts = encrypts

    def tap(self) -> str:
        """Count one tap more, and show the web address that is signed for it."""
        self._counter += 1
        counter = self._counter.to_bytes(3, "little")
        signature = signature_of(self._uid, counter, self._keys).hex().upper()
        if self._encrypts:
            shown = f"picc_data={self._encrypted(counter).hex().upper()}"
        else:
            shown = f"uid={self._uid.hex().upper()}&ctr={self._counter:06X}"
        return f"https://volunteers.example/tap?{shown}&cmac={signature}"

    def held(self, shown_uid: str = "") -> Callable[[bytes], bytes]:
        """Its answers while it is held to a reader once; `shown_uid` is a random UID that it shows."""
        return card_showing(shown_uid or self._uid.hex(), self.tap())

    def _encrypted(self, counter: bytes) -> bytes:
        plain = bytes([SEVEN_BYTE_UID_AND_COUNTER]) + self._uid + counter + _FILLING
        encryptor = Cipher(algorithms.AES(self._keys.meta), modes.CBC(bytes(len(plain)))).encryptor()
        return encryptor.update(plain) + encryptor.finalize()
