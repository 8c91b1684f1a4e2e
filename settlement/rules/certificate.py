"""S21: certificate numbers that can be checked by anybody, and what a certificate must say."""

import re
from collections.abc import Collection

import msgspec

from foundation.errors import RulesError
from settlement.rules.hours import certificate_hours
from settlement.rules.troubles import RulesTrouble

MANDATORY_FIELDS = (
    "service_time",
    "service_content",
    "recipients",
    "service_dates",
    "recording_unit",
    "person_in_charge",
)
"""What a certificate states (Ministry of Civil Affairs, Order 67, Art. 15)."""

_NUMBER = re.compile(r"VSC-([0-9]{6})-([0-9]{4})-([0-9]{6})-([0-9]{2})")


class Certificate(msgspec.Struct, frozen=True):
    """A snapshot of a total; later adjustments leave it as it is and make it stale."""

    number: str
    t_s: int
    """The certified seconds at the moment of issue."""
    supersedes: str | None = None
    """The number of the certificate that this one replaces."""

    @property
    def hours(self) -> str:
        """The hours it states."""
        return certificate_hours(self.t_s)


def certificate_number(issuer: str, year: int, seq: int) -> str:
    """The number of an issuer's `seq`-th certificate of a year, with check digits.

    The sequence is taken in the transaction that issues, from 1, and never reused. Raises RulesError
    INVALID_CERTIFICATE_NUMBER unless the issuer is six digits, the year four and seq 1..999999.
    """
    if not re.fullmatch("[0-9]{6}", issuer) or not 1000 <= year <= 9999 or not 1 <= seq <= 999_999:
        raise RulesError(RulesTrouble.INVALID_CERTIFICATE_NUMBER, issuer=issuer, year=year, number=seq)
    return f"VSC-{issuer}-{year}-{seq:06d}-{check_digits(f'{issuer}{year}{seq:06d}')}"


def check_digits(digits: str) -> str:
    """The two check digits of a string of digits: ISO 7064 MOD 97-10."""
    return f"{98 - int(digits) * 100 % 97:02d}"


def is_valid_number(number: str) -> bool:
    """Whether a number is well formed and its check digits are the ones we would issue."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        return False
    issuer, year, seq, check = match.groups()
    return int(seq) > 0 and check == check_digits(issuer + year + seq)


def missing_fields(fields: Collection[str]) -> tuple[str, ...]:
    """What the certificate must state and does not yet, in a fixed order."""
    return tuple(field for field in MANDATORY_FIELDS if field not in fields)


def is_stale(certificate: Certificate, approved_s: int) -> bool:
    """Whether the total has changed since the certificate was issued."""
    return certificate.t_s != approved_s


def masked_identity_number(number: str) -> str:
    """An identity number as a certificate may show it: the first and the last character, the rest masked."""
    return number[:1] + "*" * (len(number) - 2) + number[-1:] if len(number) > 2 else "*" * len(number)
