"""Terminals and their enrolments as people look at them: rows of text."""

import datetime as dt
from collections.abc import Iterator

from foundation.errors import SettingsError
from settlement.authority.certificates import in_force
from settlement.enrolment.requests import WAITING_MS
from settlement.enrolment.tokens import authority_fingerprint
from settlement.look_up import storable
from settlement.models import EnrolmentToken, RefusedEnrolment, Terminal, TerminalRequest
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble
from sync.contract.enrolment import AnswerState, EnrolmentError
from sync.contract.fingerprint_words import fingerprint_words

_TOLD_MS = 7 * 24 * 60 * 60 * 1000
_TOLD_ROWS = 20

Row = tuple[str, ...]


def terminals(settings: CentreSettings) -> Iterator[Row]:
    """Id, site, bucket, key id, last greeting and state of every terminal of this realm."""
    rows = Terminal.objects.filter(realm=settings.realm).select_related("status").order_by("site_id", "id")
    for row in rows:
        status = getattr(row, "status", None)
        state = "revoked" if row.revoked_ms is not None else "enrolled"
        greeted = _when(status.hello_ms) if status else "never"
        yield row.id, row.site_id, row.bucket, row.public_key[:8], greeted, state


def waiting(now_ms: int) -> Iterator[Row]:
    """Those that wait for somebody to compare the six words."""
    for row in TerminalRequest.objects.filter(state=AnswerState.WAITING).select_related("token"):
        if row.token is None and row.asked_ms <= now_ms - WAITING_MS:
            continue
        site = row.token.site_id if row.token else "–"
        yield row.code, row.terminal or "–", site, _when(row.asked_ms), row.address or "a file", row.words


def open_tokens(now_ms: int) -> Iterator[Row]:
    """Tokens that can still be used."""
    for row in EnrolmentToken.objects.filter(used_ms=None, ends_ms__gt=now_ms).order_by("ends_ms"):
        yield row.terminal, row.site_id, _when(row.ends_ms), row.by


def turned_away(now_ms: int) -> Iterator[Row]:
    """Who was refused within a week, the newest first."""
    recent = RefusedEnrolment.objects.filter(at_ms__gt=now_ms - _TOLD_MS).order_by("-id")[:_TOLD_ROWS]
    for row in recent:
        yield _when(row.at_ms), row.refusal, row.terminal or "–", row.address or "a file", row.words or "–"


def details(name: str, now_ms: int) -> Iterator[tuple[str, str]]:
    """What is known of one terminal; raises SettingsError for one that is not here."""
    row = Terminal.objects.filter(id=storable(name)).select_related("status", "site").first()
    if row is None:
        raise SettingsError(CentreTrouble.TERMINAL_UNKNOWN, terminal=name)
    yield "terminal", row.id
    yield "site", f"{row.site_id} ({row.site.name}, {row.site.zone})"
    yield "realm, bucket", f"{row.realm}, {row.bucket}"
    yield "public key", row.public_key
    yield "six words", fingerprint_words(bytes.fromhex(row.public_key))
    yield "state", f"revoked {_when(row.revoked_ms)}" if row.revoked_ms is not None else "enrolled"
    certificate = in_force(row.id).first()
    yield "certificate until", _when(certificate.not_after_ms) if certificate else "none"
    status = getattr(row, "status", None)
    yield "last greeting", f"{_when(status.hello_ms)}, software {status.software}" if status else "never"
    if status:
        yield "events to send", str(status.unsent)
    for asked in TerminalRequest.objects.filter(terminal=row.id, state=AnswerState.GRANTED).order_by(
        "asked_ms"
    ):
        yield "enrolled", f"{_when(asked.decided_ms or asked.asked_ms)} by {asked.by or '–'}"
    refusals = RefusedEnrolment.objects.filter(terminal=row.id, at_ms__gt=now_ms - _TOLD_MS).order_by("at_ms")
    for refused in refusals[:_TOLD_ROWS]:
        yield "turned away", f"{_when(refused.at_ms)} {EnrolmentError(refused.refusal, terminal=row.id).what}"


def enrolments_of(terminal: str) -> list[TerminalRequest]:
    """When a terminal was let in, the latest first, and by whom."""
    granted = TerminalRequest.objects.filter(terminal=terminal, state=AnswerState.GRANTED)
    return list(granted.order_by("-decided_ms")[:_TOLD_ROWS])


def address(settings: CentreSettings) -> str:
    """Where terminals ask, and by what they know this centre."""
    fingerprint = authority_fingerprint(settings).hex()
    host, port = settings.enrolment.host, settings.enrolment.port
    where = f"Terminals are enrolled at {host}:{port}" if host else "Terminals are enrolled by files only"
    return f"{where}; the authority's fingerprint is {fingerprint}."


def _when(ms: int) -> str:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
