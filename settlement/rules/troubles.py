"""What the rules refuse, by code; decisions of people have codes of their own (`review.ReviewRefusal`)."""

from enum import StrEnum


class RulesTrouble(StrEnum):
    """The codes of `error-…` in the catalogs for rule sets and requests to the rules."""

    IMPOSSIBLE_CLOCK = "IMPOSSIBLE_CLOCK"
    INVALID_CALENDAR = "INVALID_CALENDAR"
    INVALID_CERTIFICATE_NUMBER = "INVALID_CERTIFICATE_NUMBER"
    INVALID_RULE_SET = "INVALID_RULE_SET"
    NEGATIVE_RATE = "NEGATIVE_RATE"
    NO_RATING = "NO_RATING"
    RATE_WITHOUT_SOURCE = "RATE_WITHOUT_SOURCE"
    STARS_NOT_RISING = "STARS_NOT_RISING"
    TOO_MANY_RATINGS = "TOO_MANY_RATINGS"
    TRANSFER_DONE = "TRANSFER_DONE"
    TRANSFER_INCOMPLETE = "TRANSFER_INCOMPLETE"
    UNKNOWN_ZONE = "UNKNOWN_ZONE"
    WEIGHT_OUT_OF_RANGE = "WEIGHT_OUT_OF_RANGE"
