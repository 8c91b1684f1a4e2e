"""The check digit of a Chinese citizen's identity number (GB 11643, which is ISO 7064 MOD 11-2). Pure."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def check_digit(first_seventeen: str) -> str:
    """The eighteenth character, a digit or X, that belongs to seventeen digits."""
    return _CHECK_DIGITS[sum(w * int(d) for w, d in zip(_WEIGHTS, first_seventeen, strict=True)) % 11]


def has_right_check_digit(number: str) -> bool:
    """Whether the last of eighteen characters is what the others make it."""
    return check_digit(number[:17]) == number[17]
