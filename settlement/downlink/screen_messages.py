"""Short texts for terminals' screens: to whom, until when, taken back; sent, and where they were shown."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from msgspec import Struct

from foundation.errors import SettingsError
from foundation.words import LANGUAGES
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed, check_may
from settlement.centre import Centre
from settlement.downlink.group_settings import MOST_TOGETHER
from settlement.downlink.served import EVERYBODY, Served
from settlement.look_up import storable
from settlement.messages.acknowledgement import Publication, give_order
from settlement.models import MessageAt, ScreenMessage, Terminal
from settlement.reach import WHOLE, Reach, reach_of
from settlement.troubles import CentreTrouble
from sync.contract import orders
from sync.contract.orders import LONGEST_TEXT, MAX_MESSAGES, ScreenMessages

LONGEST_LIFE_MS = 31 * 86_400_000
TAKEN_WITHIN_MS = 60_000
"""A message that took longer is not obeyed: the terminal that comes back greets, and is told anew."""
_TOLD = 20
_AT_ONCE = 200


class Said(Struct, frozen=True):
    """One message, and where it goes of what is reached: the newest state of each terminal."""

    row: ScreenMessage
    places: tuple[MessageAt, ...]


def say_at_terminals(
    names: Collection[str], texts: Mapping[str, str], until_ms: int, *, for_all: bool, signed: Signed
) -> ScreenMessage:
    """Let the screens of these terminals say something until a moment (UTC milliseconds).

    Raises SettingsError for no text or one that is too long, a moment that is over or far off, no terminal or
    too many, one that is not run or has too much to say already; RulesError NOT_ALLOWED.
    """
    said = {spoken: text for spoken in LANGUAGES if (text := storable(texts.get(spoken, "")).strip())}
    if not said or any(len(text) > LONGEST_TEXT or not text.isprintable() for text in said.values()):
        raise SettingsError(CentreTrouble.SCREEN_TEXT, most=LONGEST_TEXT)
    if not signed.now_ms < until_ms <= signed.now_ms + LONGEST_LIFE_MS:
        raise SettingsError(CentreTrouble.SCREEN_UNTIL, days=LONGEST_LIFE_MS // 86_400_000)
    wanted = {storable(name) for name in names}
    if not 0 < len(wanted) <= MOST_TOGETHER:
        raise SettingsError(CentreTrouble.GROUP_SIZE, count=len(wanted), most=MOST_TOGETHER)
    with transaction.atomic():
        # In their order, so that nobody who does the same waits for whom he keeps waiting.
        rows = _run_by(signed.by).filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
        found = [row.pk for row in rows]
        if lacking := sorted(wanted - {*found}):
            raise SettingsError(CentreTrouble.TERMINAL_UNKNOWN, terminal=lacking[0][:40])
        full = [name for name, living in _living(found, signed.now_ms).items() if len(living) >= MAX_MESSAGES]
        if full:
            raise SettingsError(CentreTrouble.SCREEN_FULL, terminal=full[0], most=MAX_MESSAGES)
        message = ScreenMessage.objects.create(
            id=secrets.token_hex(16),
            texts=said,
            for_all=for_all,
            at_ms=signed.now_ms,
            until_ms=until_ms,
            by=signed.by.name[:40] if signed.by else "",
            account_id=signed.by.account if signed.by else None,
        )
        MessageAt.objects.bulk_create(MessageAt(message=message, terminal_id=name) for name in found)
        told = {"texts": said, "until_ms": until_ms, "for_all": for_all, "terminals": sorted(found)}
        note(Action.ENTER, Kind.TERMINAL, f"message {message.pk}", signed, after=told)
    return message


def take_back(message: str, signed: Signed) -> None:
    """Let no screen say it any more.

    Raises SettingsError for a message that is none, goes to terminals that are not all run, or is over;
    RulesError NOT_ALLOWED.
    """
    with transaction.atomic():
        rows = ScreenMessage.objects.select_for_update(no_key=True).filter(pk=storable(message))
        found = rows.filter(ended_ms=None, until_ms__gt=signed.now_ms).first()
        run = _run_by(signed.by, also_revoked=True)
        if found is None or found.places.exclude(terminal__in=run).exists():
            raise SettingsError(CentreTrouble.NO_SCREEN_MESSAGE)
        found.ended_ms = signed.now_ms
        found.save(update_fields=["ended_ms"])
        found.places.update(is_due=True)
        note(Action.REMOVE, Kind.TERMINAL, f"message {found.pk}", signed, before={"ended_ms": None})


def messages_said(by: Actor | None, site: str = "") -> list[Said]:
    """The newest messages to terminals that somebody runs, with how far each is; raises RulesError."""
    run = _run_by(by, also_revoked=True)
    if site:
        run = run.filter(site=storable(site))
    places = MessageAt.objects.filter(terminal__in=run)
    rows = list(
        ScreenMessage.objects.filter(pk__in=places.values("message")).order_by("-at_ms", "-pk")[:_TOLD]
    )
    by_message: dict[str, list[MessageAt]] = defaultdict(list)
    for place in places.filter(message__in=[row.pk for row in rows]).order_by("terminal_id"):
        by_message[place.message_id].append(place)
    return [Said(row, tuple(by_message[row.pk])) for row in rows]


def messages_due(
    centre: Centre, greeted: Iterable[str], now_ms: int, served: Served = EVERYBODY
) -> list[Publication]:
    """What the screens are to show, for each terminal where that became another, and for who greeted.

    Whoever greeted may have missed that a message was taken back, so that is told, too. Marks them as sent.
    """
    places = served.among(MessageAt.objects.filter(terminal__revoked_ms=None, terminal__realm=centre.realm))
    due = {*places.filter(is_due=True).values_list("terminal", flat=True).distinct()[:_AT_ONCE]}
    if names := list(greeted):
        missed = places.filter(terminal__in=names, message__until_ms__gt=now_ms)
        due |= {*missed.values_list("terminal", flat=True)}
    if not due:
        return []
    MessageAt.objects.filter(terminal__in=due, is_due=True).update(is_due=False)
    MessageAt.objects.filter(terminal__in=due, sent_ms=None).update(sent_ms=now_ms)
    living = _living(due, now_ms)
    return [
        give_order(centre, name, ScreenMessages(now_ms, living.get(name, [])), now_ms, TAKEN_WITHIN_MS)
        for name in sorted(due)
    ]


def _living(names: Collection[str], now_ms: int) -> dict[str, list[orders.ScreenMessage]]:
    """What each of these terminals is to show now, the newest of them where they are too many."""
    rows = MessageAt.objects.filter(
        Q(message__ended_ms=None), terminal__in=names, message__until_ms__gt=now_ms
    ).select_related("message")
    found: dict[str, list[orders.ScreenMessage]] = defaultdict(list)
    for row in rows.order_by("-message__at_ms", "-pk"):
        if len(found[row.terminal_id]) < MAX_MESSAGES:
            one = row.message
            told = orders.ScreenMessage(one.pk, one.texts, one.until_ms, one.for_all)
            found[row.terminal_id].insert(0, told)
    return found


def _run_by(by: Actor | None, *, also_revoked: bool = False) -> QuerySet[Terminal]:
    reach: Reach = WHOLE
    if by is not None:
        check_may(by, Deed.RUN_TERMINALS)
        reach = reach_of(by)
    rows = Terminal.objects.filter(site__in=reach.run_sites())
    return rows if also_revoked else rows.filter(revoked_ms=None)
