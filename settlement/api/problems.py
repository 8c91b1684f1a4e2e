"""Refusals as programs read them: problem+json (RFC 9457) from the catalogs' troubles."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import structlog
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from foundation.errors import RulesError, SettingsError
from foundation.languages import known
from foundation.trouble import Trouble
from foundation.words import Words
from settlement.api.shapes import Problem, Wrong
from settlement.rules.troubles import RulesTrouble
from settlement.troubles import AccountTrouble, ApiTrouble, CentreTrouble, DecisionTrouble
from settlement.web.frame import centre_settings
from settlement.web.missing import NotHere

CONTENT_TYPE = "application/problem+json"
_MOST_TOLD = 20
_UNAUTHENTICATED = {"WWW-Authenticate": "Bearer"}
_STATUS: Mapping[str, int] = {
    **dict.fromkeys((ApiTrouble.TOKEN_UNKNOWN, ApiTrouble.TOKEN_OVER, AccountTrouble.ACCOUNT_ENDED), 401),
    **dict.fromkeys(
        (
            AccountTrouble.NOT_ALLOWED,
            AccountTrouble.OUT_OF_REACH,
            ApiTrouble.NO_SECOND_FACTOR,
            ApiTrouble.TOKEN_WITHOUT_SCOPE,
        ),
        403,
    ),
    **dict.fromkeys(
        (
            ApiTrouble.BAD_CURSOR,
            DecisionTrouble.MANUAL_NO_REASON,
            DecisionTrouble.NO_REASON,
            DecisionTrouble.NOTE_TOO_LONG,
            DecisionTrouble.BAD_SITE_CODE,
            DecisionTrouble.ENTERED_TOO_LONG,
            DecisionTrouble.INVALID_ISSUER,
            DecisionTrouble.ORGANISATION_WITHOUT_NAME,
            DecisionTrouble.SITE_WITHOUT_NAME,
            RulesTrouble.UNKNOWN_ZONE,
        ),
        422,
    ),
}
"""Of refusals; UNKNOWN_… is 404, and whatever contradicts what is recorded is 409."""
_OF_TERMINALS: Mapping[str, int] = {
    CentreTrouble.TERMINAL_UNKNOWN: 404,
    **dict.fromkeys((CentreTrouble.ORDERS_WAIT, CentreTrouble.SETTINGS_MOVED), 409),
    **dict.fromkeys(
        (CentreTrouble.GROUP_SIZE, CentreTrouble.ORDER_WITHOUT_ARGUMENT, CentreTrouble.SETTINGS_REFUSED), 422
    ),
}
"""What is refused of orders and settings; any other of the centre's own settings is its failure."""
_logger = structlog.get_logger()


class TooManyCallsError(RulesError):
    """A token called more often than it may; `wait_s` later it may again."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(ApiTrouble.TOO_MANY_CALLS, count=wait_s)
        self.wait_s = wait_s


def language_of(request: HttpRequest) -> str:
    """The first language of Accept-Language that Muster speaks; else the centre's."""
    wishes = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()[:200])
    return next(filter(None, (known(tag) for tag, _ in wishes)), centre_settings().language)


def problem(
    request: HttpRequest,
    trouble: Trouble,
    status: int,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Iterable[Wrong] = (),
) -> HttpResponse:
    """The answer to a call that is refused."""
    words = Words(language_of(request))
    told = Problem(
        type=f"urn:muster:problem:{trouble.code}",
        title=words.code("api_title", str(status)),
        status=status,
        detail=words.what(trouble),
        code=trouble.code,
        remedy=words.remedy(trouble),
        errors=[*errors],
    )
    return HttpResponse(
        told.model_dump_json(),
        content_type=CONTENT_TYPE,
        status=status,
        headers={**(headers or {}), "Content-Language": words.language},
    )


def handle_problems(api: NinjaAPI) -> None:
    """Let everything that refuses or fails be told as a problem."""
    for kind in (
        RulesError,
        SettingsError,
        Http404,
        HttpError,
        SuspiciousOperation,
        ValidationError,
        Exception,
    ):
        api.add_exception_handler(kind, _told)


def _told(request: HttpRequest, error: object) -> HttpResponse:
    match error:
        case TooManyCallsError():
            return problem(request, error.trouble, 429, headers={"Retry-After": str(error.wait_s)})
        case RulesError():
            status = _status_of(error.trouble.code)
            headers = _UNAUTHENTICATED if status == 401 else None
            return problem(request, error.trouble, status, headers=headers)
        case SettingsError() if error.trouble.code in _OF_TERMINALS:
            return problem(request, error.trouble, _OF_TERMINALS[error.trouble.code])
        case NotHere():
            return problem(request, error.trouble, 404)
        case Http404():
            return problem(request, Trouble.of(ApiTrouble.NO_OPERATION), 404)
        case AuthenticationError():
            return problem(request, Trouble.of(ApiTrouble.NO_TOKEN), 401, headers=_UNAUTHENTICATED)
        case ValidationError():
            return wrong(request, [_place(one) for one in error.errors])
        case HttpError() | SuspiciousOperation():
            return problem(request, Trouble.of(ApiTrouble.BODY_NOT_JSON), 400)
        case _:
            _logger.error("api_call_failed", method=request.method, exc_info=error)
            return problem(request, Trouble.of(ApiTrouble.CALL_FAILED), 500)


def wrong(request: HttpRequest, errors: Collection[Wrong]) -> HttpResponse:
    """The answer to a call that is not as the document says; of very many faults the first ones are told."""
    shown = sorted(errors, key=lambda one: one.where)[:_MOST_TOLD]
    places = sorted({one.where for one in shown})
    return problem(request, Trouble.of(ApiTrouble.WRONG_REQUEST, places=places), 422, errors=shown)


def _place(error: Mapping[str, Any]) -> Wrong:
    return Wrong(where=".".join(map(str, error["loc"])), what=error["type"])


def _status_of(code: str) -> int:
    return _STATUS.get(code) or (404 if code.startswith("UNKNOWN_") else 409)
