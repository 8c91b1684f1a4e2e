"""What can be wrong at the centre besides the rules: settings, files, printing of badges, messages."""

from enum import StrEnum


class CentreTrouble(StrEnum):
    """The codes of `error-…` in the catalogs for the centre."""

    BADGE_CODE_TOO_LONG = "badge_code_too_long"
    BADGE_CODE_UNREADABLE = "badge_code_unreadable"
    NOTHING_ENTERED = "nothing_entered"
