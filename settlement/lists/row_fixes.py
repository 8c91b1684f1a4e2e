"""What the person who keeps a list can do about a row that was refused. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from settlement.lists.row_troubles import RowTrouble


class RowFix(StrEnum):
    """What to do; `row_fix-…` in the catalogs."""

    AS_TEXT = "as_text"
    ASK_THE_PERSON = "ask_the_person"
    CALENDAR_DATE = "calendar_date"
    CHOOSE_ENTERED = "choose_entered"
    COMPARE_NAME = "compare_name"
    COMPUTE = "compute"
    DIGITS_ALONE = "digits_alone"
    LEAVE_OUT = "leave_out"
    NAME_THE_PLACE = "name_the_place"
    OTHER_CARD = "other_card"
    PRINTED_COLUMN = "printed_column"
    QUOTE_CELLS = "quote_cells"
    TYPE_AGAIN = "type_again"
    TYPE_NAME = "type_name"
    USE_KEPT_NUMBER = "use_kept_number"


_FIXES: Mapping[str, RowFix] = {
    RowTrouble.ANOTHER_NAME: RowFix.COMPARE_NAME,
    RowTrouble.CARD_CHARACTER: RowFix.TYPE_AGAIN,
    RowTrouble.CARD_SHAPE: RowFix.TYPE_AGAIN,
    RowTrouble.CARD_TAKEN: RowFix.ASK_THE_PERSON,
    RowTrouble.CELLS_MISCOUNTED: RowFix.QUOTE_CELLS,
    RowTrouble.CHECK_DIGIT: RowFix.TYPE_AGAIN,
    RowTrouble.DECIMAL_UID: RowFix.PRINTED_COLUMN,
    RowTrouble.FORMULA_FAILED: RowFix.COMPUTE,
    RowTrouble.FORMULA_UNCOMPUTED: RowFix.COMPUTE,
    RowTrouble.LAST_DIGITS_LOST: RowFix.AS_TEXT,
    RowTrouble.LAST_DAY_OVER: RowFix.CALENDAR_DATE,
    RowTrouble.MADE_A_DATE: RowFix.AS_TEXT,
    RowTrouble.NAME_LENGTH: RowFix.TYPE_NAME,
    RowTrouble.NAME_STRANGER: RowFix.TYPE_NAME,
    RowTrouble.NOT_JOINED_YET: RowFix.CALENDAR_DATE,
    RowTrouble.NO_ACTIVITY: RowFix.CHOOSE_ENTERED,
    RowTrouble.NO_DATE: RowFix.CALENDAR_DATE,
    RowTrouble.NO_LANGUAGE: RowFix.CHOOSE_ENTERED,
    RowTrouble.NO_NUMBER: RowFix.DIGITS_ALONE,
    RowTrouble.NO_ORGANISATION: RowFix.CHOOSE_ENTERED,
    RowTrouble.NO_POST: RowFix.CHOOSE_ENTERED,
    RowTrouble.NO_SERIAL: RowFix.DIGITS_ALONE,
    RowTrouble.NO_TELEPHONE: RowFix.TYPE_AGAIN,
    RowTrouble.NUMBER_CHARACTER: RowFix.DIGITS_ALONE,
    RowTrouble.NUMBER_FOR_CODE: RowFix.AS_TEXT,
    RowTrouble.NUMBER_MERGED: RowFix.USE_KEPT_NUMBER,
    RowTrouble.ORGANISATION_MISSING: RowFix.NAME_THE_PLACE,
    RowTrouble.OTHER_PAIR: RowFix.TYPE_AGAIN,
    RowTrouble.POST_WITHOUT_ACTIVITY: RowFix.NAME_THE_PLACE,
    RowTrouble.PRINTED_NUMBER: RowFix.PRINTED_COLUMN,
    RowTrouble.RANDOM_UID: RowFix.OTHER_CARD,
    RowTrouble.ROUNDED: RowFix.AS_TEXT,
    RowTrouble.SAME_ASSIGNMENT: RowFix.LEAVE_OUT,
    RowTrouble.SAME_BADGE: RowFix.LEAVE_OUT,
    RowTrouble.SHOWN_OTHERWISE: RowFix.AS_TEXT,
    RowTrouble.SOMEBODY_ELSE: RowFix.COMPARE_NAME,
    RowTrouble.SOMETHING_LONG: RowFix.DIGITS_ALONE,
    RowTrouble.WAS_ERASED: RowFix.LEAVE_OUT,
}


def fix_of(code: str) -> RowFix:
    """What helps against a trouble of a row; to type it again where nothing better is known."""
    return _FIXES.get(code, RowFix.TYPE_AGAIN)
