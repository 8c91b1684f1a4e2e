"""What staff at terminals wrote to the centre: to whoever runs the terminals, until somebody has read it."""

from django.db import transaction
from django.db.models import QuerySet

from foundation.errors import SettingsError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed, may
from settlement.models import StaffMessage
from settlement.reach import WHOLE, Reach, check_runs, reach_of
from settlement.troubles import CentreTrouble

_TOLD = 100


def messages_of(by: Actor | None, terminal: str = "") -> list[StaffMessage]:
    """The newest of the terminals that are run, or of one; unread ones first."""
    rows = _run(WHOLE if by is None else reach_of(by))
    if terminal:
        rows = rows.filter(terminal=terminal)
    unread = list(rows.filter(read_ms=None).order_by("-at_ms", "-pk")[:_TOLD])
    read = list(rows.exclude(read_ms=None).order_by("-at_ms", "-pk")[:_TOLD])
    return [*unread, *read][:_TOLD]


def count_unread(by: Actor | None) -> int:
    """How many wait to be read by whoever runs those terminals."""
    if by is not None and not may(by, Deed.RUN_TERMINALS):
        return 0
    return _run(WHOLE if by is None else reach_of(by)).filter(read_ms=None).count()


def note_read(number: int, signed: Signed) -> StaffMessage:
    """Somebody has read it; the first who says so stands there.

    Raises SettingsError for none of this number; RulesError NOT_ALLOWED, OUT_OF_REACH.
    """
    with transaction.atomic():
        rows = StaffMessage.objects.select_for_update(no_key=True, of=("self",))
        row = rows.select_related("terminal__site").filter(pk=number).first()
        if row is None:
            raise SettingsError(CentreTrouble.STAFF_MESSAGE_UNKNOWN, number=number)
        check_runs(signed.by, Deed.RUN_TERMINALS, row.terminal.site)
        if row.read_ms is None:
            row.read_by = signed.by.name[:40] if signed.by else ""
            row.read_account_id = signed.by.account if signed.by else None
            row.read_ms = signed.now_ms
            row.save(update_fields=["read_by", "read_account", "read_ms"])
            note(Action.CORRECT, Kind.TERMINAL, f"{row.terminal_id} message {row.pk}", signed)
    return row


def _run(reach: Reach) -> QuerySet[StaffMessage]:
    rows = StaffMessage.objects.select_related("terminal__site")
    return rows if reach.is_whole else rows.filter(terminal__site__in=reach.run_sites())
