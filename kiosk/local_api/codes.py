"""What the engine says a request led to, and why a question is over: the codes of its words."""

from enum import StrEnum


class DoneCode(StrEnum):
    """What was done; the codes of `done-…` in the catalogs."""

    ANSWERED = "answered"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    ENTERED_IN = "entered_in"
    ENTERED_OUT = "entered_out"
    GROUP_CAME = "group_came"
    GROUP_LEFT = "group_left"
    IN_ORDER = "in_order"
    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    LOOK_UP_ENDED = "look_up_ended"
    NOTED = "noted"
    NOTE_GONE = "note_gone"
    OUT_OF_ORDER = "out_of_order"
    RESTARTED = "restarted"
    ON_BREAK = "on_break"
    ROLL_SIGNED = "roll_signed"
    SET = "set"
    TOLD_CENTRE = "told_centre"
    WALKED_IN = "walked_in"


class DenialCode(StrEnum):
    """Why a request was not fulfilled; the codes of `denied-…` in the catalogs.

    The last two are a client's own: it asks nothing then, or hears nothing.
    """

    ACTIVITY_NOT_EXECUTING = "activity_not_executing"
    ALREADY_IN = "already_in"
    BEFORE_CHECK_IN = "before_check_in"
    BUSY = "busy"
    CANCEL_AGAIN = "cancel_again"
    CANCEL_NEWEST_FIRST = "cancel_newest_first"
    CANCEL_TOO_LATE = "cancel_too_late"
    CANCEL_UNKNOWN = "cancel_unknown"
    FUTURE_TIME = "future_time"
    NOTHING_PRESENTED = "nothing_presented"
    NOT_ENROLLED = "not_enrolled"
    NOBODY_PRESENT = "nobody_present"
    NOT_FOR_INSPECTORS = "not_for_inspectors"
    NOT_LOGGED_IN = "not_logged_in"
    NOT_RECOGNISED = "not_recognised"
    NOT_RECORDED = "not_recorded"
    NO_NAME = "no_name"
    NO_REASON = "no_reason"
    NO_REMARK = "no_remark"
    NO_STAFF = "no_staff"
    NO_TEXT = "no_text"
    NO_SUCH_ACTIVITY = "no_such_activity"
    NOTHING_READ = "nothing_read"
    NO_SUCH_GROUP = "no_such_group"
    NO_SUCH_DEVICE = "no_such_device"
    NO_SUCH_STICK = "no_such_stick"
    NO_SUCH_QUESTION = "no_such_question"
    NO_SUCH_ROLL = "no_such_roll"
    NO_SUCH_VOLUNTEER = "no_such_volunteer"
    NO_WALK_INS = "no_walk_ins"
    ONLY_INSPECTORS = "only_inspectors"
    OUT_OF_BOUNDS = "out_of_bounds"
    OWN_TIME = "own_time"
    PIN_PAUSED = "pin_paused"
    SAME_PERSON = "same_person"
    SUSPENDED = "suspended"
    TOO_LONG_AGO = "too_long_ago"
    TOO_MANY_NOTES = "too_many_notes"
    WRONG_COUNT = "wrong_count"
    WRONG_PIN = "wrong_pin"

    NO_SUCH_TIME = "no_such_time"
    NO_ANSWER = "no_answer"


class QuestionEnd(StrEnum):
    """Why a question is shown no longer."""

    ANSWERED = "answered"
    DECLINED = "declined"
    EXPIRED = "expired"
    REPLACED = "replaced"
