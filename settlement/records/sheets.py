"""Sheets: what stands on a paper list of comings and goings, entered and confirmed as one thing.

Each time is a manual record, entered and decided on by the services of these: a sheet adds no right and takes
none away.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum

from django.db import transaction
from msgspec import Struct

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.conflicts import again_on_conflict
from settlement.look_up import activity_called
from settlement.models import Sheet, SheetRecord
from settlement.reach import check_entitled
from settlement.records.manual_records import (
    ManualTime,
    check_takes_times,
    confirm_manual_record,
    decline_manual_record,
    enter_manual_record,
)
from settlement.rules.evidence import Direction
from settlement.signatures import reason_given
from settlement.troubles import AccountTrouble, DecisionTrouble

MOST_ROWS = 200
_OF_THE_SHEET = {AccountTrouble.NOT_ALLOWED, AccountTrouble.OUT_OF_REACH, DecisionTrouble.NOTE_TOO_LONG}


class Field(StrEnum):
    """A cell of a row; `sheet-field_…` in the catalogs."""

    NUMBER = "number"
    CAME = "came"
    LEFT = "left"


class SheetRow(Struct, frozen=True):
    """Who came and left when (UTC milliseconds); None where the paper says nothing, or nothing readable."""

    row: int
    volunteer: int
    """0 where the number can't be read."""
    came_ms: int | None
    left_ms: int | None


class RowRefusal(Struct, frozen=True):
    """Why a row can't be taken, or stays as it is, and which of its cells is wrong."""

    row: int
    field: Field
    why: Trouble


class NewSheet(Struct, frozen=True):
    """A sheet to be entered; `form` names the form that it comes by, so that one is entered once.

    `unread` are the cells that can't be read: with them nothing is entered, and the rest is checked all the
    same.
    """

    activity: str
    local_date: dt.date
    reason: str
    form: str
    rows: Sequence[SheetRow]
    unread: Sequence[RowRefusal] = ()


class SheetRefusedError(Exception):
    """Rows of a sheet are wrong; then nothing of it was entered."""

    def __init__(self, refusals: Sequence[RowRefusal]) -> None:
        super().__init__([(each.row, each.field, each.why.code) for each in refusals])
        self.refusals = tuple(refusals)


class DecidedSheet(Struct, frozen=True):
    """How many times were confirmed and declined, and which rows stay as they were, and why."""

    confirmed: int
    declined: int
    kept: tuple[RowRefusal, ...]


def enter_sheet(new: NewSheet, by: Actor, now_ms: int) -> Sheet:
    """Enter all times of a sheet, or none; each waits for a second person. The same form is entered once.

    Raises SheetRefusedError for rows, RulesError for the sheet: SHEET_WITHOUT_ROWS, SHEET_TOO_LONG,
    UNKNOWN_ACTIVITY, NOT_ALLOWED, OUT_OF_REACH, MANUAL_NO_REASON, NOTE_TOO_LONG.
    """
    activity = activity_called(new.activity)
    check_entitled(by, Deed.ENTER_MANUAL, activity)
    reason_given(new.reason, code=DecisionTrouble.MANUAL_NO_REASON)
    if not new.rows:
        raise RulesError(DecisionTrouble.SHEET_WITHOUT_ROWS)
    if len(new.rows) > MOST_ROWS:
        raise RulesError(DecisionTrouble.SHEET_TOO_LONG, most=MOST_ROWS)

    wrong = [*new.unread, *_misfits(new), *_refusals(new.rows, by, now_ms)]
    if wrong:
        raise SheetRefusedError(sorted(wrong, key=lambda one: one.row))

    def enter() -> Sheet:
        with transaction.atomic():
            same = sheet_of_form(new.form, by)
            if same is not None:
                return same
            sheet = Sheet.objects.create(
                activity=activity,
                local_date=new.local_date,
                form=new.form,
                entered_by=by.name,
                entered_account_id=by.account,
                entered_ms=now_ms,
            )
            refusals: list[RowRefusal] = []
            for row in new.rows:
                refusals += _enter_row(sheet, row, new, by, now_ms)
            if refusals:
                raise SheetRefusedError(refusals)
            return sheet

    return again_on_conflict(enter)


def sheet_of_form(form: str, by: Actor) -> Sheet | None:
    """What this account has entered by that form already."""
    return Sheet.objects.filter(entered_account=by.account, form=form).first()


def decide_sheet(
    number: int, by: Actor, now_ms: int, *, refused: Collection[int] = (), note: str = ""
) -> DecidedSheet:
    """Let a second person confirm what waits of a sheet, but for the refused rows: these are declined.

    A row that this person may not decide on (the own one) stays as it was. Raises RulesError UNKNOWN_SHEET,
    NOT_ALLOWED, OUT_OF_REACH, ALREADY_DECIDED where nothing waits, MANUAL_NO_REASON for refused rows without
    a note, NOTE_WITHOUT_REFUSAL for a note and no refused row: whoever writes one means to refuse something.
    """
    sheet = Sheet.objects.select_related("activity").filter(pk=number).first()
    if sheet is None:
        raise RulesError(DecisionTrouble.UNKNOWN_SHEET, number=number)
    check_entitled(by, Deed.CONFIRM_MANUAL, sheet.activity)
    if note.strip() and not refused:
        raise RulesError(DecisionTrouble.NOTE_WITHOUT_REFUSAL)
    if refused:
        note = reason_given(note, code=DecisionTrouble.MANUAL_NO_REASON)
    with transaction.atomic():
        rows = sheet.records.filter(record__decision=None).select_related("record")
        # Who confirms another sheet of the same people at this moment takes them in the same order.
        waiting = [*rows.order_by("record__volunteer", "record")]
        if not waiting:
            raise RulesError(DecisionTrouble.ALREADY_DECIDED)
        kept: list[RowRefusal] = []
        declined = 0
        for each in waiting:
            try:
                if each.row in refused:
                    decline_manual_record(each.record_id, by, now_ms, note)
                    declined += 1
                else:
                    confirm_manual_record(each.record_id, by, now_ms)
            except RulesError as error:
                field = Field.CAME if each.record.direction == Direction.IN else Field.LEFT
                kept.append(RowRefusal(each.row, field, error.trouble))
    kept.sort(key=lambda one: one.row)
    return DecidedSheet(len(waiting) - declined - len(kept), declined, tuple(kept))


def _misfits(new: NewSheet) -> Iterator[RowRefusal]:
    """What is wrong with rows by themselves, and beside each other."""
    unread = {(each.row, each.field) for each in new.unread}
    above: dict[SheetRow, int] = {}
    for row in new.rows:
        has_unread_time = not unread.isdisjoint({(row.row, Field.CAME), (row.row, Field.LEFT)})
        if row.came_ms is None and row.left_ms is None and not has_unread_time:
            yield RowRefusal(row.row, Field.CAME, Trouble.of(DecisionTrouble.ROW_WITHOUT_TIME))
        elif row.came_ms is not None and row.left_ms is not None and row.left_ms <= row.came_ms:
            yield RowRefusal(row.row, Field.LEFT, Trouble.of(DecisionTrouble.LEFT_BEFORE_COMING))
        said = SheetRow(0, row.volunteer, row.came_ms, row.left_ms)
        if not row.volunteer or has_unread_time:
            continue
        if said in above:
            why = Trouble.of(DecisionTrouble.ROW_TWICE, row=above[said])
            yield RowRefusal(row.row, Field.NUMBER, why)
        above.setdefault(said, row.row)


def _refusals(rows: Sequence[SheetRow], by: Actor, now_ms: int) -> Iterator[RowRefusal]:
    """All that keeps a row from being entered: of the person, and of each of the times."""
    for row in rows:
        if row.volunteer:
            try:
                check_takes_times(row.volunteer, by)
            except RulesError as error:
                yield RowRefusal(row.row, Field.NUMBER, error.trouble)
        for field, at_ms in (Field.CAME, row.came_ms), (Field.LEFT, row.left_ms):
            if at_ms is not None and at_ms > now_ms:
                yield RowRefusal(row.row, field, Trouble.of(DecisionTrouble.FUTURE_TIME))


def _enter_row(sheet: Sheet, row: SheetRow, new: NewSheet, by: Actor, now_ms: int) -> Iterator[RowRefusal]:
    """Enter the times of a row; what changed since they were checked is told once."""
    for direction, at_ms in (Direction.IN, row.came_ms), (Direction.OUT, row.left_ms):
        if at_ms is None:
            continue
        try:
            time = ManualTime(row.volunteer, new.activity, direction, at_ms, new.reason)
            record = enter_manual_record(time, by, now_ms)
            SheetRecord.objects.create(record=record, sheet=sheet, row=row.row)
        except RulesError as error:
            if error.code in _OF_THE_SHEET:
                raise
            yield RowRefusal(row.row, Field.NUMBER, error.trouble)
            return
