"""Webhooks on pages: who is told of lines, one set up and its secret shown this one time, what was sent."""

from collections.abc import Callable
from typing import Final

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from foundation.trouble import Trouble
from foundation.words import Words
from settlement.accounts.audit import Kind, Signed
from settlement.accounts.authority import Deed
from settlement.explain.sentences import Teller
from settlement.look_up import row_number, storable
from settlement.models import Webhook, WebhookDelivery
from settlement.rule_book import rules_at
from settlement.signatures import reason_given
from settlement.troubles import CentreTrouble, WebhookTrouble
from settlement.web.entitled import ToldIfRefused, tell
from settlement.web.frame import answer, centre_settings, current_ms, frame, here, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import told_before
from settlement.web.readers import Reader, for_staff, note_look
from settlement.webhooks.deliveries import deliveries_page, send_again, webhook_among, webhooks_page
from settlement.webhooks.events import DeliveryState, LineEvent
from settlement.webhooks.registering import (
    NewWebhook,
    add_webhook,
    end_webhook,
    pause_webhook,
    try_webhook,
)

_ACTS: Final[dict[str, Callable[[int, Signed], object]]] = {
    "off": lambda number, signed: pause_webhook(number, signed, pause=True),
    "on": lambda number, signed: pause_webhook(number, signed, pause=False),
    "end": end_webhook,
}
"""By the word in the address; `webhook_act-…` and `webhook_ask-…` in the catalogs."""


@require_safe
@for_staff
def webhooks(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Who is told of lines, the newest first, page by page."""
    by, words = reader.who_acts(), words_for(request)
    before = row_number(request.GET.get("before", ""))
    listed, more = webhooks_page(by, before)
    note_look(request, reader, Kind.ACCOUNT, "webhooks")
    context = frame(request, words) | {
        "rows": [_told(one.row, words) | {"listed": one} for one in listed],
        "next": here(request, before=str(listed[-1].row.pk)) if more else "",
        "first": here(request, before="") if before else "",
        "may_change": reader.may_do(Deed.CHANGE_ACCOUNTS),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/administration/webhooks.html", context)


@require_safe
@for_staff
@reauthentication_required  # type: ignore[untyped-decorator]
def new_webhook(request: HttpRequest, reader: Reader) -> HttpResponse:
    """A form for a webhook of the own account; who logged in long ago says the password again first."""
    reader.who_acts()
    words = words_for(request)
    context = frame(request, words) | {
        "kinds": [(one.value, _kind(one, words)) for one in LineEvent],
        "places": reader.reach.organisations().order_by("path"),
        "is_whole": reader.reach.is_whole,
        "told": told_before(request, words),
    }
    return answer(request, "settlement/administration/webhook_form.html", context)


@require_POST
@for_staff
@reauthentication_required  # type: ignore[untyped-decorator]
def made(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Set a webhook up, and show its secret; what is refused is told at the form."""
    by, words, settings = reader.who_acts(), words_for(request), centre_settings()
    form = request.POST
    new = NewWebhook(
        form.get("name", ""),
        form.get("url", "").strip(),
        frozenset(LineEvent(one) for one in form.getlist("kind") if one in {*LineEvent}),
        storable(form.get("organisation", "")),
    )
    with ToldIfRefused(request):
        signed = Signed(by, current_ms(), form.get("reason", "").strip())
        row, secret = add_webhook(
            new, signed, settings.accounts.second_factor_from, plain=not settings.web.https
        )
        context = frame(request, words) | {"one": _told(row, words), "secret": secret, "languages": []}
        return answer(request, "settlement/administration/webhook_made.html", context)
    return redirect("webhook-new")


@require_safe
@for_staff
def webhook(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """One webhook: where it leads, and each message with its state, the newest first, page by page."""
    row, words = _reached(reader, number), words_for(request)
    before = row_number(request.GET.get("before", ""))
    rows, more = deliveries_page(reader.who_acts(), number, before)
    note_look(request, reader, Kind.WEBHOOK, str(number))
    zone = rules_at(current_ms()).settlement_tz
    teller = Teller(words, zone)
    context = frame(request, words) | {
        "one": _told(row, words),
        "rows": [_told_delivery(one, teller) for one in rows],
        "zone": zone,
        "next": here(request, before=str(rows[-1].pk)) if more else "",
        "first": here(request, before="") if before else "",
        "told": told_before(request, words),
    }
    return answer(request, "settlement/administration/webhook.html", context)


@require_safe
@for_staff
def asked(request: HttpRequest, reader: Reader, number: int, what: str) -> HttpResponse:
    """Ask once more, and why."""
    row, words = _reached(reader, number), words_for(request)
    _act(what)
    context = frame(request, words) | {
        "one": _told(row, words),
        "what": what,
        "title": words.code("webhook_act", what),
        "said": words.code("webhook_ask", what),
    }
    return answer(request, "settlement/administration/webhook_ask.html", context)


@require_POST
@for_staff
def done(request: HttpRequest, reader: Reader, number: int, what: str) -> HttpResponse:
    """Do what was asked for, with its reason."""
    by, row, act = reader.who_acts(), _reached(reader, number), _act(what)
    with ToldIfRefused(request):
        act(number, Signed(by, current_ms(), reason_given(request.POST.get("reason", ""))))
        tell(request, f"webhook_done-{what}", webhook=row.name)
        return redirect("webhooks") if what == "end" else redirect("webhook", number)
    return redirect("webhook", number)


@require_POST
@for_staff
def tried(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Send a message that tells nothing."""
    by = reader.who_acts()
    _reached(reader, number)
    with ToldIfRefused(request):
        try_webhook(number, Signed(by, current_ms()))
        tell(request, "webhooks-tried")
    return redirect("webhook", number)


@require_POST
@for_staff
def sent_again(request: HttpRequest, reader: Reader, number: int, delivery: int) -> HttpResponse:
    """Send a message again, at once."""
    by = reader.who_acts()
    _reached(reader, number)
    with ToldIfRefused(request):
        send_again(number, delivery, Signed(by, current_ms()))
        tell(request, "webhooks-sent_again")
    return redirect("webhook", number)


def _act(what: str) -> Callable[[int, Signed], object]:
    if what not in _ACTS:
        raise NotHere(CentreTrouble.NO_PAGE)
    return _ACTS[what]


def _reached(reader: Reader, number: int) -> Webhook:
    row = webhook_among(reader.who_acts(), number)
    if row is None:
        raise NotHere.of(Trouble.of(WebhookTrouble.UNKNOWN_WEBHOOK, number=number))
    return row


def _kind(kind: str, words: Words) -> str:
    return words.code("webhook_kind", kind.replace(".", "_"))


def _told(row: Webhook, words: Words) -> dict[str, object]:
    return {"row": row, "kinds": [_kind(one, words) for one in row.kinds]}


def _told_delivery(row: WebhookDelivery, teller: Teller) -> dict[str, object]:
    words = teller.words
    return {
        "row": row,
        "kind": _kind(row.kind, words),
        "made": teller.when(row.made_ms),
        "tried": teller.when(row.tried_ms),
        "next": teller.when(row.next_ms),
        "is_delivered": row.state == DeliveryState.DELIVERED,
        "is_given_up": row.state == DeliveryState.GIVEN_UP,
        "why": words.code("webhook_failure", row.failure) if row.failure else "",
    }
