"""People who decide about terminals that wait: by the code on their screen, having compared the six words."""

import re

from django.db import transaction

from foundation.errors import SettingsError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed, check_may
from settlement.enrolment.grants import let_in
from settlement.enrolment.requests import WAITING_MS
from settlement.look_up import site_coded, storable
from settlement.models import TerminalRequest
from settlement.reach import check_runs
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble
from sync.contract.enrolment import AnswerState, read_request
from sync.line.certificate_authority import CertificateAuthority


def waiting_request(code: str, now_ms: int) -> TerminalRequest:
    """The request that waits under that code, however it is written; raises SettingsError."""
    letters = re.sub(r"[^0-9A-Z]", "", storable(code).upper())
    row = TerminalRequest.objects.filter(code=f"{letters[:4]}-{letters[4:]}").first()
    if row is None or (row.token is None and row.asked_ms <= now_ms - WAITING_MS):
        raise SettingsError(CentreTrouble.NOBODY_WAITS, code=code)
    if row.state != AnswerState.WAITING:
        raise SettingsError(CentreTrouble.REQUEST_DECIDED, code=row.code)
    return row


def approve(
    row: TerminalRequest,
    name: str | None,
    site: str | None,
    by: Actor,
    now_ms: int,
    *,
    settings: CentreSettings,
    authority: CertificateAuthority,
) -> str:
    """Let the waiting terminal in; returns its name. A token has named terminal and site already.

    Raises SettingsError where a name or a site is missing or contradicts the token, RulesError for an unknown
    site, NOT_ALLOWED, OUT_OF_REACH.
    """
    _, request = read_request(bytes(row.message))
    who = (by.name, by.account)
    with transaction.atomic():
        if row.token is not None:
            if (name or row.terminal) != row.terminal or (site or row.token.site_id) != row.token.site_id:
                raise SettingsError(
                    CentreTrouble.ENROLMENT_NAMES_ANOTHER, terminal=row.terminal, site=row.token.site_id
                )
            place = row.token.site
            check_runs(by, Deed.RUN_TERMINALS, place)
            let_in(row, request, row.terminal, place, *who, now_ms, settings=settings, authority=authority)
            return row.terminal
        chosen = name or row.terminal
        if not chosen or not site:
            raise SettingsError(CentreTrouble.NAME_AND_SITE_WANTED)
        place = site_coded(site)
        check_runs(by, Deed.RUN_TERMINALS, place)
        let_in(row, request, chosen, place, *who, now_ms, settings=settings, authority=authority)
        return chosen


def decline(row: TerminalRequest, by: Actor, now_ms: int) -> None:
    """Turn the waiting terminal away; raises RulesError NOT_ALLOWED, OUT_OF_REACH."""
    check_may(by, Deed.RUN_TERMINALS)
    if row.token is not None:
        check_runs(by, Deed.RUN_TERMINALS, row.token.site)
    row.state, row.decided_ms = AnswerState.REFUSED, now_ms
    row.by, row.account_id = by.name, by.account
    row.save(update_fields=["state", "by", "account", "decided_ms"])
