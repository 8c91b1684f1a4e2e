"""What somebody who leaves takes along: today's time by the rules, and a code that proves the check-out."""

import structlog

from foundation.errors import LogError
from kiosk.local_api.receipts import Receipt, ReceiptStep
from kiosk.presence.provisional_time import provisional_time
from kiosk.presence.standings import Presence
from kiosk.roster.index import RosterIndex
from sync.contract.events import CheckOut, Event
from sync.contract.receipt import receipt_of
from sync.log.writer import Log

_logger = structlog.get_logger()


def receipt_for(
    logged: Event, volunteer: str | None, key: bytes, log: Log, presence: Presence, roster: RosterIndex
) -> Receipt | None:
    """The receipt of an event that is in the log and was folded; None unless somebody left by it."""
    person = roster.person(volunteer) if volunteer else None
    if person is None or not isinstance(logged, CheckOut):
        return None
    stays = presence.stays.of(person.volunteer)
    ended_now = stays and stays[-1].ended_by == (logged.epoch, logged.seq)
    today = provisional_time(stays, roster.activity) if ended_now else None
    return Receipt(
        code=_code(logged, key, log),
        today_s=today.seconds if today else None,
        steps=[ReceiptStep(step.rule, step.seconds, step.at_s) for step in today.steps] if today else [],
        approved_s=person.approved_s,
        stars=person.stars,
    )


def _code(logged: CheckOut, key: bytes, log: Log) -> str:
    try:
        digest = log.hash_at(logged.epoch, logged.seq)
    except LogError as error:  # what was recorded stays recorded
        _logger.warning("no_receipt", error=error.trouble)
        return ""
    if digest is None or not key:
        return ""
    return receipt_of(key, log.terminal, logged.epoch, logged.seq, digest, logged.wall_ms).code
