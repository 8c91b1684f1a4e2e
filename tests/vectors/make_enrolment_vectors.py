"""Makes the golden vectors of an enrolment: `python tests/vectors/make_enrolment_vectors.py`.

Every key and secret in them is a TEST KEY, made from a seed that stands here: nothing may ever trust one.

enrolment/exchange.json
    token             the one line, and what it says
    words             the six words of the terminal's signing key
    request, grant    what travels; `proof` is HMAC-SHA-256 under the token's secret
    approval_code     the code of the request where a person approves
    opened            what the secrets of the grant are, opened with `sealing_seed` (X25519, raw)
"""

import json
from pathlib import Path
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from sync.contract import enrolment
from sync.contract.enrolment import EnrolmentGrant, EnrolmentRequest, TerminalSecrets
from sync.contract.enrolment_token import EnrolmentToken
from sync.contract.fingerprint_words import fingerprint_words
from sync.contract.signing import SigningKey
from sync.contract.wire import Realm

FILE = Path(__file__).parent / "enrolment" / "exchange.json"
TERMINAL_SEED, CENTRE_SEED = bytes(range(32)), bytes(range(32, 64))
SEALING_SEED = bytes(range(64, 96))
SECRETS = TerminalSecrets(bytes(range(128, 160)).hex())
TOKEN = EnrolmentToken(
    secret=bytes(range(16)),
    fingerprint=bytes(range(100, 132)),
    ends_min=29_916_120,
    port=8470,
    terminal="gate-1",
    host="centre.example.org",
)


def make() -> dict[str, Any]:
    """The vectors; what is drawn anew each time (the certificate request, the sealing) differs."""
    key = ec.derive_private_key(7, ec.SECP256R1())
    asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    request = EnrolmentRequest(
        terminal=TOKEN.terminal,
        token=TOKEN.token_id,
        signing_key=SigningKey.from_seed(TERMINAL_SEED).public.raw.hex(),
        sealing_key=X25519PrivateKey.from_private_bytes(SEALING_SEED).public_key().public_bytes_raw().hex(),
        tls_request=asked.public_bytes(Encoding.DER),
        unique="5e" * 16,
    )
    sent = enrolment.ask(request, SigningKey.from_seed(TERMINAL_SEED), TOKEN.secret)
    signed, _ = enrolment.read_request(sent)
    granted = EnrolmentGrant(
        request=signed.digest,
        terminal=TOKEN.terminal,
        realm=Realm.LIVE,
        bucket=7,
        centre="City of Lanterns",
        site="North gate",
        zone="Asia/Shanghai",
        centre_key=SigningKey.from_seed(CENTRE_SEED).public.raw.hex(),
        authority="PEM of the authority",
        certificate="PEM of the certificate",
        broker_host="centre.example.org",
        broker_port=8883,
        secrets=enrolment.seal_secrets(SECRETS, request.sealing_key, signed.digest),
    )
    return {
        "about": "An enrolment; see make_enrolment_vectors.py.",
        "warning": "TEST KEYS: their seeds are public, never trust them",
        "terminal_seed": TERMINAL_SEED.hex(),
        "centre_seed": CENTRE_SEED.hex(),
        "sealing_seed": SEALING_SEED.hex(),
        "token": {"text": TOKEN.text(), "id": TOKEN.token_id, **said(TOKEN)},
        "words": fingerprint_words(bytes.fromhex(request.signing_key)),
        "approval_code": enrolment.approval_code(signed.digest),
        "request": sent.decode(),
        "grant": msgspec.json.encode(
            enrolment.grant(granted, SigningKey.from_seed(CENTRE_SEED), TOKEN.secret)
        ).decode(),
        "opened": msgspec.to_builtins(SECRETS),
    }


def said(token: EnrolmentToken) -> dict[str, Any]:
    """What a token says, in JSON's own kinds of values."""
    return {
        "secret": token.secret.hex(),
        "fingerprint": token.fingerprint.hex(),
        "ends_ms": token.ends_ms,
        "host": token.host,
        "port": token.port,
        "terminal": token.terminal,
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(make(), indent=1) + "\n", encoding="utf-8")
