"""Letting the broker refuse a terminal that was revoked, as somebody who runs it asks."""

from foundation.errors import RulesError, SettingsError
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.authority.revocation import Refused, refuse_at_broker
from settlement.models import Terminal
from settlement.reach import check_runs
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble


def shut_out(terminal: str, signed: Signed, settings: CentreSettings) -> Refused:
    """Let the broker refuse every certificate of a revoked terminal; safe to repeat.

    Raises RulesError NOT_ALLOWED, OUT_OF_REACH, terminal_not_revoked; SettingsError for a terminal that is
    not enrolled, a key that can't be used and a list that can't be written.
    """
    row = Terminal.objects.select_related("site").filter(id=terminal).first()
    if row is None:
        raise SettingsError(CentreTrouble.TERMINAL_UNKNOWN, terminal=terminal)
    check_runs(signed.by, Deed.RUN_TERMINALS, row.site)
    if row.revoked_ms is None:
        raise RulesError(CentreTrouble.TERMINAL_NOT_REVOKED, terminal=terminal)
    try:
        done = refuse_at_broker(terminal, settings)
    except OSError as error:
        raise SettingsError(
            CentreTrouble.REVOKED_LIST_NOT_WRITTEN, path=settings.revoked_file, why=error.strerror
        ) from error
    note(Action.CORRECT, Kind.TERMINAL, terminal, signed, after={"refused_at_broker": str(done.shut)})
    return done
