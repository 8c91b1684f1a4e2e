"""Telephone numbers as ITU-T E.164 has them, "+" and the country in front: so they are compared and hashed.

How the numbers of a country are written and how long they are comes from libphonenumber. Its lists of numbers
in use lag behind, so a number counts that is as long as that country's mobile numbers are. It is loaded when
the first number is read: whoever only reads settings need not wait for the plans of all countries.
"""
# ruff: noqa: PLC0415

import re
import unicodedata

DEFAULT_REGION = "CN"
_ROUNDED_OFF = re.compile(r"\.0+$")
_BETWEEN = frozenset("+-()./‐‑–−")


def e164(written: str, region: str) -> str | None:
    """The mobile number that was written, dialled in `region` (two letters, ISO 3166); None for none.

    Takes what people, networks and spreadsheets make of one: digits of every script, trunk zero, 00 or + and
    the country, marks of direction, `.0`. Names, short numbers, two numbers in one and extensions are none.
    """
    import phonenumbers
    from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

    bare = without_marks(written)
    if first_strange(bare) is not None:
        return None
    try:
        number = phonenumbers.parse(_ROUNDED_OFF.sub("", " ".join(bare.split())), region)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number_for_type(number, PhoneNumberType.MOBILE):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_chinese_landline(number: str) -> bool:
    """Whether a number (E.164) of mainland China is none of a mobile telephone: those begin with 1.

    Numbering plan of the MIIT, 2017. So a Hong Kong number without + is told (852 5123 4567).
    Landlines of other countries may send texts.
    """
    return number.startswith("+86") and not number.startswith("+861")


def first_strange(written: str) -> int | None:
    """The place (from 0) of the first character that stands in no telephone number; None where all may."""
    return next((place for place, one in enumerate(written) if not _may_stand(one)), None)


def without_marks(written: str) -> str:
    """Without what is not seen: blanks around it, marks of direction, a byte order mark."""
    return "".join(one for one in written if unicodedata.category(one) != "Cf").strip()


def is_region(region: str) -> bool:
    """Whether numbering plans are known of this region."""
    if region == DEFAULT_REGION:
        return True
    import phonenumbers

    return region in phonenumbers.SUPPORTED_REGIONS


def region_of(country_code: str) -> str:
    """The main region of a country's code, such as CN for 86; "ZZ" for a code that no country has."""
    import phonenumbers

    return phonenumbers.region_code_for_country_code(int(country_code))


def country_of(number: str) -> str:
    """The country's part of a number as E.164 has it, such as +86."""
    import phonenumbers

    return f"+{phonenumbers.parse(number).country_code}"


def _may_stand(one: str) -> bool:
    plain = unicodedata.normalize("NFKC", one)
    return one.isdecimal() or one.isspace() or plain in _BETWEEN
