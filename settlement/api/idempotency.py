"""Writing once: a call that comes again with its `Idempotency-Key` is answered as before and does nothing.

Deed and answer are kept in one transaction, so there is no moment in which one is there without the other. A
call that was refused changed nothing and is not kept: the same key may try again.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from foundation.errors import RulesError
from settlement.accounts.api_tokens import forget_answers
from settlement.api.callers import caller_of
from settlement.api.shapes import Shape
from settlement.models import ApiAnswer
from settlement.troubles import ApiTrouble

Given = ParamSpec("Given")
Operation = Callable[Concatenate[HttpRequest, Given], Shape]


def once(operation: Operation[Given]) -> Callable[Concatenate[HttpRequest, Given], HttpResponse]:
    """Let an operation that writes be called with a key; it declares the header as `idempotency_key`.

    Raises RulesError KEY_OF_ANOTHER_CALL for a key that came with another call within the day.
    """

    @wraps(operation)
    def done(request: HttpRequest, /, *args: Given.args, **given: Given.kwargs) -> HttpResponse:
        key = given.get("idempotency_key")
        if key is None:
            return _answer(operation(request, *args, **given).model_dump_json())
        with transaction.atomic():
            kept, is_new = _kept(request, str(key))
            if not is_new:
                return _answer(kept.body, replayed=True)
            kept.body = operation(request, *args, **given).model_dump_json()
            kept.save(update_fields=["body"])
            return _answer(kept.body)

    return done


def _kept(request: HttpRequest, key: str) -> tuple[ApiAnswer, bool]:
    """The answer to that key, and whether it is yet to be given.

    Whoever comes with the same key at the same moment waits here until the first one is done.
    """
    caller, asked = caller_of(request), _digest(request.method or "", request.path, request.body)
    forget_answers(caller.now_ms)
    named = {"token": caller.token, "key_digest": _digest(str(caller.token.pk), key)}
    try:
        with transaction.atomic():
            return ApiAnswer.objects.create(**named, request_digest=asked, at_ms=caller.now_ms), True
    except IntegrityError:
        found = ApiAnswer.objects.get(**named)
    if found.request_digest != asked:
        raise RulesError(ApiTrouble.KEY_OF_ANOTHER_CALL)
    return found, False


def _answer(body: str, *, replayed: bool = False) -> HttpResponse:
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    return HttpResponse(body, content_type="application/json", headers=headers)


def _digest(*parts: str | bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        whole.update(len(raw).to_bytes(8, "big") + raw)
    return whole.hexdigest()
