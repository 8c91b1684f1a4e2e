"""Who calls: a program by a token, as an account with the reach and the rights that it has at that moment.

The log-in of a browser counts for nothing here: no cookie is read and none is set.
"""

import time
from typing import cast

from django.http import HttpRequest
from msgspec import Struct
from ninja.security import HttpBearer

from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.api_tokens import Scope, acting_by, check_scope, count_call
from settlement.accounts.audit import Action, Kind, Signed, note, records_of
from settlement.accounts.authority import Deed, check_may
from settlement.api.problems import TooManyCallsError, language_of
from settlement.models import ApiToken
from settlement.reach import Reach, reach_of
from settlement.web.frame import centre_settings, current_ms

_DAY_MS = 86_400_000


class Caller(Struct, frozen=True):
    """Who calls, how far that reaches, when (UTC milliseconds), and in which language it is answered."""

    actor: Actor
    reach: Reach
    token: ApiToken
    now_ms: int
    words: Words


class Bearer(HttpBearer):
    """Lets a call in whose token is good, has the scope, and has not called too often."""

    openapi_description = "A token that `muster account token add` made; the role is the scope it must have."

    def __init__(self, scope: Scope | None) -> None:
        """Without a scope any token will do."""
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Who calls; raises RulesError where the call is not let in."""
        accounts, now_ms = centre_settings().accounts, current_ms()
        actor, row = acting_by(token, now_ms, accounts.second_factor_from)
        wait_s = count_call(row, machine_s(), accounts.calls_per_minute)
        if wait_s:
            raise TooManyCallsError(wait_s)
        if self.scope is not None:
            check_scope(row, self.scope)
            check_may(actor, Deed.READ_PEOPLE)
        return Caller(actor, reach_of(actor), row, now_ms, Words(language_of(request)))


def caller_of(request: HttpRequest) -> Caller:
    """Who was let in with this call."""
    return cast("Caller", request.auth)  # type: ignore[attr-defined]


def machine_s() -> int:
    """The machine's own time: calls are counted by it, whatever a demo's clock says."""
    return int(time.time())


def note_look(caller: Caller, kind: Kind, subject: str) -> None:
    """Put on record that a program looks at personal data; once in a day for each thing and token."""
    signed = Signed(caller.actor, caller.now_ms, f"API: {caller.token.name}")
    before = records_of(kind, subject).filter(
        account=caller.actor.account,
        action=Action.LOOK,
        reason=signed.reason,
        at_ms__gt=caller.now_ms - _DAY_MS,
    )
    if not before.exists():
        note(Action.LOOK, kind, subject, signed)
