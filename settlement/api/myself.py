"""Whom a token acts as: for a program to see what it was given."""

from django.http import HttpRequest
from ninja import Router

from settlement.accounts.actor import Level, Role
from settlement.accounts.api_tokens import Scope
from settlement.api.callers import Bearer, caller_of
from settlement.api.document import answers
from settlement.api.shapes import Shape

router = Router(tags=["token"])


class Myself(Shape):
    """Whom a token acts as, what for, and until when (UTC milliseconds)."""

    login: str
    name: str
    level: Level
    roles: list[Role]
    organisation: str
    token: str
    scopes: list[Scope]
    ends_ms: int


@router.get("/me", auth=Bearer(None), response=answers(Myself), summary="Whom the token acts as")
def tell_myself(request: HttpRequest) -> Myself:
    """The account of the token, as it is now, and the token's scopes."""
    caller = caller_of(request)
    return Myself(
        login=caller.actor.login,
        name=caller.actor.name,
        level=caller.actor.level,
        roles=sorted(caller.actor.roles),
        organisation=caller.actor.node,
        token=caller.token.name,
        scopes=[Scope(one) for one in caller.token.scopes],
        ends_ms=caller.token.ends_ms,
    )
