"""Sending what the outbox holds: signed, again with growing pauses, and given up after three days.

A message is marked after its answer. Whoever dies between the two leaves it waiting: it is sent again under
the same id, by which its receiver knows it.
"""

from collections.abc import Callable, Collection

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from foundation.errors import RulesError
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.models import Webhook, WebhookDelivery
from settlement.webhooks.addresses import read_target
from settlement.webhooks.events import DeliveryState
from settlement.webhooks.outbox import may_be_told, real_ms
from settlement.webhooks.posting import Answer, Failure, post
from settlement.webhooks.signing import signed_headers, unseal

PAUSES_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After each failed try until the next one, as Standard Webhooks has them; after the last it is given up."""
DEADLINE_S = 15.0
MOST_IN_A_ROW = 20
_CLAIM_MS = 120_000
_REST_MS = 5_000
"""A receiver that just failed is left alone for so long, however much waits for it."""
_AGENT = "Muster-Webhooks/1"

_logger = structlog.get_logger()


def due_webhooks(now_ms: int, without: Collection[int] = ()) -> list[int]:
    """The webhooks for which something is to be sent now, and nobody does so."""
    free = _free(now_ms)
    waiting = WebhookDelivery.objects.filter(
        webhook=OuterRef("pk"), state=DeliveryState.WAITING, next_ms__lte=now_ms
    )
    rows = free.filter(Exists(waiting)).exclude(pk__in=without).order_by("not_before_ms", "pk")
    return list(rows.values_list("pk", flat=True))


def send_due(
    number: int,
    *,
    plain: bool,
    deadline_s: float = DEADLINE_S,
    now: Callable[[], int] = real_ms,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Send what is due to one webhook in the order in which it happened, until one fails; how many went well.

    Only one process does so at a time, and not for ever. `plain` is whether this machine may be told;
    `stopped` is asked before each message.
    """
    sent = 0
    while sent < MOST_IN_A_ROW and not stopped():
        held_ms = now() + _CLAIM_MS
        if not _claimed(number, now(), held_ms):
            break
        rests = True
        try:
            row = _next(number, now())
            is_sent = row is not None and _tried(row, plain=plain, deadline_s=deadline_s, now=now)
            rests = row is not None and not is_sent
        finally:
            free_ms = now() + (_REST_MS if rests else -1)
            Webhook.objects.filter(pk=number, not_before_ms=held_ms).update(not_before_ms=free_ms)
        if not is_sent:
            break
        sent += 1
    return sent


def _claimed(number: int, now_ms: int, until_ms: int) -> bool:
    return bool(_free(now_ms).filter(pk=number).update(not_before_ms=until_ms))


def _free(now_ms: int) -> QuerySet[Webhook]:
    """Those that are on, and that nobody sends to."""
    return Webhook.objects.filter(
        ended_ms=None, paused_ms=None, account__ended_ms=None, not_before_ms__lte=now_ms
    )


def _next(number: int, now_ms: int) -> WebhookDelivery | None:
    """The first message that is due."""
    rows = WebhookDelivery.objects.filter(webhook=number, state=DeliveryState.WAITING, next_ms__lte=now_ms)
    related = ("webhook__account__organisation", "webhook__organisation")
    return rows.select_related(*related).order_by("pk").first()


def _tried(row: WebhookDelivery, *, plain: bool, deadline_s: float, now: Callable[[], int]) -> bool:
    """Whether it went well; for an account that may not read so far any more it is not tried."""
    if not may_be_told(row.webhook):
        return False
    answer = _sent(row, plain=plain, deadline_s=deadline_s, now=now)
    _mark(row, answer, now())
    return answer.failure is None


def _sent(row: WebhookDelivery, *, plain: bool, deadline_s: float, now: Callable[[], int]) -> Answer:
    secret, body = unseal(row.webhook.sealed), row.body.encode()
    if secret is None:
        return Answer(failure=Failure.NO_SECRET)
    try:
        target = read_target(row.webhook.url, plain=plain)
    except RulesError:
        return Answer(failure=Failure.BAD_ADDRESS)
    headers = {
        **signed_headers(secret, row.message, now() // 1000, body),
        "Content-Type": "application/json",
        "User-Agent": _AGENT,
    }
    return post(target, headers, body, deadline_s, plain=plain)


def _mark(row: WebhookDelivery, answer: Answer, now_ms: int) -> None:
    """Note what came of a try; whoever gave it up or deleted it meanwhile stays right."""
    tries = row.tries + 1
    changes: dict[str, object] = {
        "tries": tries,
        "tried_ms": now_ms,
        "status": answer.status,
        "failure": answer.failure or "",
    }
    if answer.failure is None:
        changes |= {"state": DeliveryState.DELIVERED, "next_ms": None, "ended_ms": now_ms}
    elif tries > len(PAUSES_S):
        changes |= {"state": DeliveryState.GIVEN_UP, "next_ms": None, "ended_ms": now_ms}
        _logger.error("webhook_given_up", webhook=row.webhook_id, message=row.message, why=answer.failure)
    else:
        changes |= {"next_ms": now_ms + PAUSES_S[tries - 1] * 1000}
        _logger.warning("webhook_failed", webhook=row.webhook_id, message=row.message, why=answer.failure)
    WebhookDelivery.objects.filter(pk=row.pk, state=DeliveryState.WAITING).update(**changes)
    if answer.failure is Failure.GONE:
        _switch_off(row.webhook_id, now_ms)


def _switch_off(number: int, now_ms: int) -> None:
    """Whoever answers 410 wants nothing any more."""
    with transaction.atomic():
        if Webhook.objects.filter(pk=number, paused_ms=None).update(paused_ms=now_ms):
            before, after = {"is_off": False}, {"is_off": True}
            note(
                Action.CORRECT, Kind.WEBHOOK, number, Signed(None, now_ms, "410"), before=before, after=after
            )
