"""Phone numbers as E.164, the one form in which they are compared: "+" and the country's code in front."""

from typing import Annotated

import msgspec


class NumberingPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people of a country write their mobile numbers; the defaults are China's.

    `mobile_digits` counts a mobile number's digits without country code and trunk prefix: 11 in China, 9 in
    Saudi Arabia.
    """

    country_code: Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,2}$")] = "86"
    mobile_digits: Annotated[int, msgspec.Meta(ge=6, le=12)] = 11
    trunk_prefix: Annotated[str, msgspec.Meta(pattern=r"^[0-9]?$")] = "0"


_SHORTEST_E164 = 8
_LONGEST_E164 = 15


def e164(written: str, plan: NumberingPlan) -> str | None:
    """Return `written` as E.164, or None for what is no subscriber's number: a service number or a name.

    Takes the international forms +86… and 0086…, the code without a plus, and the national forms with and
    without trunk prefix; spaces, hyphens and parentheses are ignored.
    """
    bare = written.translate(str.maketrans("", "", " -()\u00a0"))
    if bare.startswith("+"):
        return _international(bare[1:])
    if not (bare.isascii() and bare.isdigit()):
        return None
    if bare.startswith("00"):
        return _international(bare[2:])
    with_trunk = plan.mobile_digits + len(plan.trunk_prefix)
    national = bare.removeprefix(plan.country_code) if len(bare) > with_trunk else bare
    if len(national) == with_trunk:
        national = national.removeprefix(plan.trunk_prefix)
    return f"+{plan.country_code}{national}" if len(national) == plan.mobile_digits else None


def _international(digits: str) -> str | None:
    if not (digits.isascii() and digits.isdigit()) or digits.startswith("0"):
        return None
    return f"+{digits}" if _SHORTEST_E164 <= len(digits) <= _LONGEST_E164 else None
