"""A private key that never leaves a security module: named by a PKCS#11 URI (RFC 7512), used by its tool.

    pkcs11:token=muster;object=authority?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/pin

`pkcs11-tool` is Debian's (package opensc) and speaks to every module; the PIN goes to it in its environment.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from foundation.errors import SettingsError
from foundation.text_files import NotEncodedError, decoded
from sync.line.troubles import LineTrouble

SCHEME = "pkcs11:"
_TOOL = "pkcs11-tool"
_PIN_VARIABLE = "MUSTER_TOKEN_PIN"
_ANSWERS_WITHIN_S = 30
_KNOWN = {"token", "object", "type"}, {"module-path", "pin-source", "pin-value"}


@dataclass(frozen=True, slots=True)
class TokenAddress:
    """Where a key lies: the module's library, the labels of token and key, and where the PIN stands."""

    uri: str
    module: str
    token: str
    label: str
    pin_file: str = ""
    pin_value: str = ""

    @classmethod
    def read(cls, uri: str) -> "TokenAddress":
        """Read a URI; raises SettingsError for one that doesn't name module, token and object."""
        path, _, query = uri.removeprefix(SCHEME).partition("?")
        parts, options = _attributes(path, ";"), _attributes(query, "&")
        strange = (set(parts) - _KNOWN[0]) | (set(options) - _KNOWN[1])
        if strange or not (parts.get("token") and parts.get("object") and options.get("module-path")):
            raise SettingsError(LineTrouble.PKCS11_KEY_NAME_WRONG, key=uri.partition("?")[0])
        pin_file = options.get("pin-source", "").removeprefix("file:")
        return cls(
            uri,
            options["module-path"],
            parts["token"],
            parts["object"],
            pin_file,
            options.get("pin-value", ""),
        )

    def pin(self) -> str:
        """The PIN, or "" where none is needed; raises SettingsError for a file that can't be read."""
        if not self.pin_file:
            return self.pin_value
        try:
            return decoded(Path(self.pin_file).read_bytes()).strip()
        except (OSError, NotEncodedError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise SettingsError(
                LineTrouble.PKCS11_PIN_NOT_READABLE, token=self.token, path=self.pin_file, why=why
            ) from error


class TokenKey(ec.EllipticCurvePrivateKey):
    """A P-256 key in a security module; what it can do is to sign."""

    def __init__(self, address: TokenAddress) -> None:
        """Find the key; raises SettingsError where there is none, or none of this kind."""
        self._address = address
        der = self._run("--read-object", "--type", "pubkey")
        try:
            found = load_der_public_key(der)
        except ValueError:
            found = None
        if not isinstance(found, ec.EllipticCurvePublicKey) or not isinstance(found.curve, ec.SECP256R1):
            self._refuse("its public key is no key on the curve P-256")
        self._public = found

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:  # noqa: ANN401
        """The signature as DER; raises SettingsError when the module doesn't make a good one."""
        if not isinstance(signature_algorithm.algorithm, hashes.SHA256):
            raise TypeError("this key signs with SHA-256 only")
        digest = hashes.Hash(hashes.SHA256())
        digest.update(data)
        command = ("--sign", "--mechanism", "ECDSA", "--signature-format", "openssl")
        signature = self._run(*command, given=digest.finalize())
        try:
            self._public.verify(signature, bytes(data), signature_algorithm)
        except InvalidSignature:
            self._refuse("what it signs does not fit its public key")
        return signature

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public half."""
        return self._public

    @property
    def curve(self) -> ec.EllipticCurve:
        """P-256."""
        return self._public.curve

    @property
    def key_size(self) -> int:
        """In bits."""
        return self._public.key_size

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> NoReturn:  # noqa: ARG002
        """No: this key only signs."""
        raise TypeError("this key only signs")

    def private_numbers(self) -> NoReturn:
        """No: they never leave the module."""
        raise TypeError("this key never leaves its module")

    def private_bytes(self, *_: object) -> NoReturn:
        """No: they never leave the module."""
        raise TypeError("this key never leaves its module")

    def __copy__(self) -> "TokenKey":
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> "TokenKey":
        return self

    def _run(self, *words: str, given: bytes = b"") -> bytes:
        address, pin = self._address, self._address.pin()
        command = [_TOOL, "--module", address.module, "--token-label", address.token]
        command += ["--login", "--pin", f"env:{_PIN_VARIABLE}"] if pin else []
        try:
            done = subprocess.run(
                [*command, "--label", address.label, *words],
                input=given,
                capture_output=True,
                check=False,
                timeout=_ANSWERS_WITHIN_S,
                env={**os.environ, _PIN_VARIABLE: pin},
            )
        except FileNotFoundError as error:
            raise SettingsError(
                LineTrouble.PKCS11_TOOL_MISSING, token=address.token, program=_TOOL
            ) from error
        except subprocess.TimeoutExpired:
            self._refuse(f"it did not answer within {_ANSWERS_WITHIN_S} s")
        if done.returncode or not done.stdout:
            self._refuse(" ".join(done.stderr.decode(errors="replace").split()) or "it says nothing")
        return done.stdout

    def _refuse(self, why: str) -> NoReturn:
        address = self._address
        raise SettingsError(
            LineTrouble.PKCS11_KEY_UNUSABLE,
            key=address.label,
            token=address.token,
            module=address.module,
            why=why,
        )


def _attributes(text: str, apart: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(apart) if part)
    return {name: unquote(value) for name, _, value in pairs}
