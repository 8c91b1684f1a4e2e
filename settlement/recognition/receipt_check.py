"""What anybody who holds a receipt may learn about it: whose check-out it proves, and what that became.

A code is an authenticator of one event, so it finds that event or none; no value here holds a whole name.
"""

import datetime as dt
import secrets
from enum import StrEnum

from django.db.models import QuerySet
from msgspec import Struct

from settlement.ledger.entries import read_entries
from settlement.merged_numbers import merged_numbers
from settlement.models import Event, EventOutcome, LedgerEntry, Session
from settlement.recognition.masking import masked_name
from settlement.rules.ledger import LineState, line_state
from settlement.settings import CentreSettings
from sync.contract.pseudonym import load_key
from sync.contract.receipt import WINDOW_MS, Receipt, read_receipt, receipt_of

_ROUNDS = 8
"""How often the codes' windows began again: of fifteen years."""
_AHEAD_MS = 86_400_000
"""The clock of a terminal may have been wrong."""
_KIND = "check_out"


class ReceiptStanding(StrEnum):
    """Whether a receipt proves anything."""

    GENUINE = "genuine"
    UNKNOWN = "unknown"
    """A code as terminals make them, and no check-out here that it came from; perhaps not yet."""
    NOT_A_CODE = "not_a_code"
    """Mistyped or invented: the check sign is wrong."""


class SettledStay(Struct, frozen=True):
    """What the check-out became: a stay of `t_s` seconds, in a line that stands like this.

    `state` is None as long as nothing is booked.
    """

    activity: str
    local_date: dt.date
    t_s: int
    state: LineState | None


class ReceiptCheck(Struct, frozen=True):
    """What is told about a code: who (masked), where and when (UTC milliseconds, by the terminal's clock).

    `stay` is what it became; else `outcome` is why it entered none, or "" while it is not settled.
    """

    standing: ReceiptStanding
    name: str = ""
    site: str = ""
    zone: str = "UTC"
    terminal: str = ""
    wall_ms: int = 0
    stay: SettledStay | None = None
    outcome: str = ""


def check_receipt(typed: str, settings: CentreSettings, now_ms: int) -> ReceiptCheck:
    """Look the check-out of a code up among those that are stored; raises SettingsError without the key."""
    receipt = read_receipt(typed)
    if receipt is None:
        return ReceiptCheck(ReceiptStanding.NOT_A_CODE)
    found = _event_of(receipt, load_key(settings.path(settings.pseudonym_key_file)), now_ms)
    if found is None:
        return ReceiptCheck(ReceiptStanding.UNKNOWN)
    terminal, stay = found.chain.terminal, _stay_of(found)
    return ReceiptCheck(
        ReceiptStanding.GENUINE,
        name=masked_name(found.volunteer.display_name) if found.volunteer else "",
        site=terminal.site.name,
        zone=terminal.site.zone,
        terminal=terminal.pk,
        wall_ms=found.wall_ms or 0,
        stay=stay,
        outcome="" if stay else _outcome_of(found),
    )


def _event_of(receipt: Receipt, key: bytes, now_ms: int) -> Event | None:
    for began_ms in receipt.began_ms(now_ms + _AHEAD_MS, _ROUNDS):
        in_window: QuerySet[Event] = Event.objects.filter(
            kind=_KIND, wall_ms__gte=began_ms, wall_ms__lt=began_ms + WINDOW_MS
        )
        places = in_window.values_list("chain", "chain__terminal", "chain__epoch", "seq", "hash", "wall_ms")
        for chain, terminal, epoch, seq, digest, wall_ms in places:
            made = receipt_of(key, terminal, epoch, seq, bytes(digest), wall_ms or 0)
            if secrets.compare_digest(made.code, receipt.code):
                told = Event.objects.select_related("chain__terminal__site", "volunteer")
                return told.get(chain=chain, seq=seq)
    return None


def _stay_of(event: Event) -> SettledStay | None:
    if event.volunteer_id is None:
        return None
    volunteer = merged_numbers().kept(event.volunteer_id)
    ended = Session.objects.filter(volunteer=volunteer, out_event=f"{event.chain}/{event.seq}")
    session = ended.select_related("activity").first()
    if session is None:
        return None
    booked = LedgerEntry.objects.filter(
        volunteer=volunteer, activity=session.activity, local_date=session.line_date
    )
    history = [one.entry for one in read_entries(booked)]
    state = line_state(history) if history else None
    return SettledStay(session.activity.title, session.line_date, session.t_s, state)


def _outcome_of(event: Event) -> str:
    outcomes = EventOutcome.objects.filter(chain=event.chain, seq=event.seq)
    return outcomes.values_list("outcome", flat=True).first() or ""
