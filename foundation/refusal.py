"""Why something that was presented is refused: the codes of logs, of screens and of the centre's pages.

Their sentences stand in the catalogs as `reason-…`. They are here, and not in the contract, because readers
of hardware give some of them and know nothing of a line.
"""

from enum import StrEnum
from typing import Literal


class Refusal(StrEnum):
    """Why a reading was not accepted; the values stand in logs for ever."""

    ACTIVITY_NOT_EXECUTING = "activity_not_executing"
    ALREADY_IN = "already_in"
    CODE_EXPIRED = "code_expired"
    CODE_IN_PARTS = "code_in_parts"
    CODE_USED = "code_used"
    DEBOUNCE = "debounce"
    DEVICE_TRIED = "device_tried"  # by staff, who see what it reads; never in a log
    EXPIRED_BADGE = "expired_badge"
    EXPIRED_CREDENTIAL = "expired_credential"
    EXPIRED_PHONE = "expired_phone"
    FOREIGN_CODE = "foreign_code"
    FORGED_BADGE = "forged_badge"
    FORGED_TAG = "forged_tag"
    NO_ROSTER = "no_roster"
    NOT_CHECKED_YET = "not_checked_yet"  # a badge, while no key is known to tell a genuine one by
    NOT_ENROLLED = "not_enrolled"  # of a terminal that has no log yet; never in one
    NOT_ON_ROSTER = "not_on_roster"
    NOT_RECORDED = "not_recorded"
    NOT_SIX_DIGITS = "not_six_digits"
    NOT_YET_OPEN = "not_yet_open"
    NO_ANSWER = "no_answer"  # of the engine, as its own screen notices; never in a log
    OTHER_REALM = "other_realm"
    OUT_OF_ORDER = "out_of_order"
    RANDOM_UID = "random_uid"
    REPLAYED_TAP = "replayed_tap"
    REVOKED_CREDENTIAL = "revoked_credential"
    SUSPENDED_CREDENTIAL = "suspended_credential"
    TERMINAL_REVOKED = "terminal_revoked"
    TOO_MANY_CODES = "too_many_codes"
    TOO_MANY_TRIES = "too_many_tries"
    UNKNOWN_CREDENTIAL = "unknown_credential"
    UNREADABLE = "unreadable"
    WRONG_CODE = "wrong_code"
    WRONG_SITE = "wrong_site"


Why = Refusal | Literal[""]
"""A refusal, or "" for none: as logs and screens write it."""
