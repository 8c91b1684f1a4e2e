"""Alarms that the centre raises itself: rows that stay open, and keep a site incomplete, until settled."""

from collections.abc import Iterable

import structlog
from django.db.models import F
from django.db.models.functions import Least

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.evidence.alarm_codes import CentreAlarm
from settlement.models import LogAlarm, TerminalStatus
from settlement.reach import Reach, check_runs
from settlement.signatures import reason_given
from settlement.troubles import DecisionTrouble

MOST_AT_ONCE = 8
"""One message raises no more: the first ones say it all."""

_logger = structlog.get_logger()


def raise_alarm(
    terminal: str,
    code: CentreAlarm,
    now_ms: int,
    *,
    epoch: str = "",
    seq: int = 0,
    shown_by: str = "",
    detail: str,
) -> None:
    """Open an alarm about a terminal, or count the open one again; needs a transaction.

    What somebody settled is not opened anew by the same proof.
    """
    alike = LogAlarm.objects.filter(terminal=terminal, code=code, epoch=epoch)
    again = alike.filter(settled_ms=None)
    if again.update(last_ms=now_ms, times=F("times") + 1, seq=Least(F("seq"), seq)):
        return
    if alike.filter(shown_by=shown_by).exists():
        return
    name = f"alarm_{code}"
    _logger.error(name, terminal=terminal, epoch=epoch, seq=seq, detail=detail)
    LogAlarm.objects.bulk_create(
        [
            LogAlarm(
                terminal_id=terminal,
                code=code,
                epoch=epoch,
                seq=seq,
                shown_by=shown_by,
                detail=detail,
                first_ms=now_ms,
                last_ms=now_ms,
            )
        ],
        ignore_conflicts=True,
    )


def is_doubted(terminal: str) -> bool:
    """Whether an alarm about the terminal waits to be settled."""
    return LogAlarm.objects.filter(terminal=terminal, settled_ms=None).exists()


def log_alarms_since(reach: Reach, since_ms: int) -> Iterable[LogAlarm]:
    """Those that are open, and those of which news came since then; the newest first."""
    found = LogAlarm.objects.filter(settled_ms=None) | LogAlarm.objects.filter(last_ms__gte=since_ms)
    found = found.filter(terminal__in=reach.terminals())
    return found.select_related("terminal__site").order_by("-last_ms", "-pk")


def settle_alarm(number: int, by: Actor, reason: str, now_ms: int) -> LogAlarm:
    """Somebody has looked at it and says what it was.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, NO_REASON, UNKNOWN_ALARM, or ALARM_SETTLED where somebody
    did so before.
    """
    reason = reason_given(reason)
    row = LogAlarm.objects.select_related("terminal__site").filter(pk=number).first()
    if row is None:
        raise RulesError(DecisionTrouble.UNKNOWN_ALARM, number=number)
    check_runs(by, Deed.SETTLE_ALARM, row.terminal.site)
    still_open = LogAlarm.objects.filter(pk=number, settled_ms=None)
    said = {"settled_by": by.name, "settled_account_id": by.account, "reason": reason}
    if not still_open.update(settled_ms=now_ms, **said):
        raise RulesError(DecisionTrouble.ALARM_SETTLED, number=number, by=row.settled_by)
    # Whichever of the two logs speaks from now on is the terminal's: neither is taken for the older one.
    TerminalStatus.objects.filter(terminal=row.terminal_id).update(newest_epoch="", left_boots=[])
    row.refresh_from_db()
    return row
