"""What can be wrong with a row of a list, and with which of its columns. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from foundation.trouble import Trouble


class RowTrouble(StrEnum):
    """What can be wrong with a row; the codes of `row-…` in the catalogs."""

    ANOTHER_NAME = "another_name"
    CARD_CHARACTER = "card_character"
    CARD_SHAPE = "card_shape"
    CARD_TAKEN = "card_taken"
    CELLS_MISCOUNTED = "cells_miscounted"
    CHECK_DIGIT = "check_digit"
    DECIMAL_UID = "decimal_uid"
    FORMULA_FAILED = "formula_failed"
    FORMULA_UNCOMPUTED = "formula_uncomputed"
    LAST_DIGITS_LOST = "last_digits_lost"
    LAST_DAY_OVER = "last_day_over"
    MADE_A_DATE = "made_a_date"
    NAME_LENGTH = "name_length"
    NAME_STRANGER = "name_stranger"
    NOT_JOINED_YET = "not_joined_yet"
    NO_ACTIVITY = "no_activity"
    NO_BADGE = "no_badge"
    NO_DATE = "no_date"
    NO_FONT = "no_font"
    NO_LANGUAGE = "no_language"
    NO_NUMBER = "no_number"
    NO_ORGANISATION = "no_organisation"
    NO_POST = "no_post"
    NO_SERIAL = "no_serial"
    NO_SINGLE_FONT = "no_single_font"
    NO_TELEPHONE = "no_telephone"
    NUMBER_CHARACTER = "number_character"
    NUMBER_FOR_CODE = "number_for_code"
    NUMBER_MERGED = "number_merged"
    ORGANISATION_MISSING = "organisation_missing"
    OTHER_PAIR = "other_pair"
    POST_WITHOUT_ACTIVITY = "post_without_activity"
    PRINTED_NUMBER = "printed_number"
    RANDOM_UID = "random_uid"
    ROUNDED = "rounded"
    SAME_ASSIGNMENT = "same_assignment"
    SAME_BADGE = "same_badge"
    SHOWN_OTHERWISE = "shown_otherwise"
    SOMEBODY_ELSE = "somebody_else"
    SOMETHING_LONG = "something_long"
    WAS_ERASED = "was_erased"


_COLUMN_OF: Mapping[str, str] = {
    RowTrouble.ANOTHER_NAME: "name",
    RowTrouble.CHECK_DIGIT: "id_number",
    RowTrouble.DECIMAL_UID: "card_uid",
    RowTrouble.LAST_DAY_OVER: "last_day",
    RowTrouble.LAST_DIGITS_LOST: "id_number",
    RowTrouble.NAME_LENGTH: "name",
    RowTrouble.NAME_STRANGER: "name",
    RowTrouble.NOT_JOINED_YET: "joined",
    RowTrouble.NO_ACTIVITY: "activity",
    RowTrouble.NO_LANGUAGE: "language",
    RowTrouble.NO_NUMBER: "number",
    RowTrouble.NO_ORGANISATION: "organisation",
    RowTrouble.NO_POST: "post",
    RowTrouble.NO_SERIAL: "serial",
    RowTrouble.NO_TELEPHONE: "phone",
    RowTrouble.NUMBER_CHARACTER: "number",
    RowTrouble.NUMBER_FOR_CODE: "code",
    RowTrouble.NUMBER_MERGED: "number",
    RowTrouble.ORGANISATION_MISSING: "organisation",
    RowTrouble.POST_WITHOUT_ACTIVITY: "activity",
    RowTrouble.OTHER_PAIR: "tag_10d",
    RowTrouble.PRINTED_NUMBER: "tag",
    RowTrouble.RANDOM_UID: "card_uid",
    RowTrouble.SOMEBODY_ELSE: "number",
    RowTrouble.SOMETHING_LONG: "number",
    RowTrouble.WAS_ERASED: "number",
}
"""Of what is wrong with one column only; other troubles say their column themselves."""


def column_of(why: Trouble) -> str:
    """The column whose cell is wrong; empty where it is the row as a whole, or cells that don't fit."""
    return str(why.arguments.get("column", "")) or _COLUMN_OF.get(why.code, "")


class BrokenRow(Struct, frozen=True):
    """A row that can't be taken, and all that is wrong with it."""

    row: int
    """As a spreadsheet numbers it."""
    faults: tuple[Trouble, ...]

    @property
    def troubles(self) -> list[Trouble]:
        """The row and each thing that is wrong with it, as lines of a report."""
        place = Trouble.term("place", "row", row=self.row)
        return [Trouble.term("place", "fault", place=place, why=each) for each in self.faults]


class RowFault(Exception):  # noqa: N818 - it ends the reading of one row, not of the file
    """Why the row that is being read can't be taken."""

    def __init__(self, code: RowTrouble, /, **arguments: object) -> None:
        super().__init__(code)
        self.why = Trouble.term("row", code, **arguments)
