"""The PINs of staff: what the centre keeps and a terminal checks is an Argon2id verifier, never the PIN.

RFC 9106; the library's own parameters, its "low memory" profile (64 MiB), which take a Raspberry Pi 4 a
fraction of a second.
"""

import itertools

import argon2

from foundation.errors import SettingsError
from sync.contract.troubles import ContractTrouble

FEWEST_DIGITS = 6
MOST_DIGITS = 12

_hasher = argon2.PasswordHasher()


def verifier_of(pin: str) -> str:
    """The verifier of a new PIN; raises SettingsError for one that is too short or easily guessed."""
    if not (pin.isascii() and pin.isdigit() and FEWEST_DIGITS <= len(pin) <= MOST_DIGITS):
        raise SettingsError(ContractTrouble.NO_PIN, fewest=FEWEST_DIGITS, most=MOST_DIGITS)
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    if len(steps) == 1:
        raise SettingsError(ContractTrouble.PIN_TOO_SIMPLE)
    return _hasher.hash(pin)


def fits(verifier: str, pin: str) -> bool:
    """Whether it is the PIN of this verifier; takes a while on purpose."""
    try:
        return _hasher.verify(verifier, pin)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
