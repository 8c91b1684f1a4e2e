"""From what was presented to who it is: pure, offline, and without keeping the secret."""

import contextlib
import unicodedata
from dataclasses import dataclass, replace

import msgspec
from msgspec import Struct

from drivers.contactless.ntag424 import TagKeys, verify_message
from drivers.contactless.uid import is_random
from drivers.reading import Presented, Reading
from foundation.errors import CredentialError
from foundation.refusal import Refusal, Why
from foundation.trouble import Trouble
from kiosk.credentials.foreign_code import is_made_for_something_else
from kiosk.credentials.misnumbered import misnumbered
from kiosk.credentials.misread import Misread, misread_badges, misread_code
from kiosk.credentials.short_code import carries_short_code, has_digits
from kiosk.roster.index import RosterIndex
from sync.contract import badge, pseudonym
from sync.contract.badge import Form
from sync.contract.enrolment_token import looks_like_token
from sync.contract.events import Assurance, Credential, Method
from sync.contract.one_time_code import has_six_digits
from sync.contract.pseudonym import Subject
from sync.contract.wire import Realm


class Identified(Struct, frozen=True):
    """Whom a reading stands for. `reason` is empty, or why it proves nothing (a refusal's code).

    `credential` is what the log keeps, even of a refusal; `volunteer` is known only where the roster or a
    valid signature says so. `asks_code`: a text message asks for a code to type, and shows nothing yet.
    `from_afar`: nothing shows that its sender is here. `misread`: what is wrong with the scanner or reader.
    """

    credential: Credential | None
    volunteer: str | None = None
    reason: Why = ""
    one_use: bool = False
    asks_code: bool = False
    from_afar: bool = False
    misread: Trouble | None = None


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of presentation is looked up, and why it is refused: unknown, taken back, or over."""

    subject: Subject
    method: Method
    unknown: Refusal = Refusal.UNKNOWN_CREDENTIAL
    revoked: Refusal = Refusal.REVOKED_CREDENTIAL
    expired: Refusal = Refusal.EXPIRED_CREDENTIAL


_KINDS = {
    Presented.CODE: _Kind(Subject.CODE, Method.OTHER_CODE),
    Presented.ID_NUMBER: _Kind(Subject.ID_NUMBER, Method.ID_CARD),
    Presented.CARD_UID: _Kind(Subject.CARD_UID, Method.CARD),
    Presented.TAG: _Kind(Subject.TAG, Method.TAG),
    Presented.KEYPAD: _Kind(
        Subject.SMS_CODE,
        Method.SMS_CODE,
        Refusal.WRONG_CODE,
        revoked=Refusal.CODE_EXPIRED,
        expired=Refusal.CODE_EXPIRED,
    ),
    Presented.SMS: _Kind(Subject.PHONE, Method.SMS_IN),
}


def identify(
    reading: Reading, roster: RosterIndex, pseudonym_key: bytes, tag_keys: TagKeys | None = None
) -> Identified:
    """Who presented themselves; never raises for anything that a person can hold before a reader.

    `tag_keys` are those of cards that sign each tap. They are here and not at the reader: what parses the
    bytes of strangers must not hold what forges a card.
    """
    text = reading.payload.reveal()
    if reading.presented is Presented.SIGNED_TAP:
        return _identify_tap(reading, roster, pseudonym_key, tag_keys)
    if reading.presented is Presented.CARD_UID and is_random(text):
        return Identified(None, reason=Refusal.RANDOM_UID)
    if reading.presented is Presented.CODE and (own := _identify_own_code(reading, roster)):
        return own
    if reading.presented is Presented.KEYPAD and not has_six_digits(text):
        # Perhaps a telephone number: nothing of it is kept.
        return Identified(None, reason=Refusal.NOT_SIX_DIGITS)
    if reading.is_part:
        return Identified(None, reason=Refusal.CODE_IN_PARTS)
    kind = _KINDS.get(reading.presented)
    if kind is None:
        # A device of a new kind, which nothing here knows to look up: nothing of it is kept either.
        return Identified(None, reason=Refusal.UNKNOWN_CREDENTIAL)
    if reading.presented is Presented.SMS:
        # Who sent it says who it is; the digits that the screen shows say, below, that they are here.
        text = reading.sender.reveal() if reading.sender else ""
    ref = pseudonym.keyed_reference(pseudonym_key, kind.subject, text)
    if text and not roster.names(ref):
        older = _other_reference(pseudonym_key, kind.subject, text)
        ref = older if roster.names(older) else ref
    known = roster.credential(ref) if pseudonym.canonical(kind.subject, text) else None
    if known is None or known.method is not kind.method:
        refusal = _why_unknown(kind, text, ref, roster)
        credential = Credential(kind.method, ref, Assurance.LOW)
        wrongly_set = wrong_setting(reading, roster, pseudonym_key)
        from_afar = reading.presented is Presented.SMS
        return Identified(credential, reason=refusal, from_afar=from_afar, misread=wrongly_set)
    is_over = known.expires_ms is not None and reading.at.wall_ms >= known.expires_ms
    reason: Why = kind.revoked if roster.is_revoked(ref) else kind.expired if is_over else ""
    credential = Credential(known.method, ref, known.assurance)
    if reading.presented is not Presented.SMS:
        return Identified(credential, known.volunteer, reason, known.one_use)
    said = reading.payload.reveal()
    if not has_digits(said):
        return Identified(credential, known.volunteer, reason, asks_code=True, from_afar=True)
    is_here = carries_short_code(said, pseudonym_key, roster.roster.terminal, reading.at.wall_ms)
    reason = reason or ("" if is_here else Refusal.WRONG_CODE)
    return Identified(credential, known.volunteer, reason, from_afar=not is_here)


def _why_unknown(kind: _Kind, text: str, ref: str, roster: RosterIndex) -> Refusal:
    """Why what the roster does not know is refused."""
    if roster.is_missing:
        return Refusal.NO_ROSTER
    # A roster names what was taken back, and no longer whose it was.
    if roster.is_revoked(ref):
        return kind.revoked
    is_foreign = kind.subject is Subject.CODE and is_made_for_something_else(text)
    return Refusal.FOREIGN_CODE if is_foreign else kind.unknown


def _other_reference(key: bytes, subject: Subject, text: str) -> str:
    """By what else a roster may know it: as 0.1 did, or a code by the ASCII of its full-width letters."""
    if subject is not Subject.CODE:
        return pseudonym.older_reference(key, subject, text)
    seen = "".join(one for one in text if unicodedata.category(one) != "Cf")
    return pseudonym.keyed_reference(key, subject, unicodedata.normalize("NFKC", seen))


def refuse_replay(shown: Identified, highest: int) -> Identified:
    """`shown`, or nobody where its card signed this very tap before: `highest` is its highest known counter.

    A tap that was listened in on proves nothing a second time, not even whose card it was.
    """
    counter = shown.credential.counter if shown.credential else None
    if counter is None or counter > highest:
        return shown
    return Identified(shown.credential, reason=Refusal.REPLAYED_TAP)


def _identify_tap(
    reading: Reading, roster: RosterIndex, pseudonym_key: bytes, keys: TagKeys | None
) -> Identified:
    """As the card of the UID that is signed, so that one entry of the roster serves both ways to read it."""
    if keys is None:  # the reader is not asked for what cards sign, then
        return Identified(None, reason=Refusal.UNREADABLE)
    try:
        tap = verify_message(reading.payload.reveal(), keys)
    except CredentialError as error:
        return Identified(None, reason=error.code)
    as_card = replace(reading, presented=Presented.CARD_UID, payload=tap.uid)
    shown = identify(as_card, roster, pseudonym_key)
    if shown.credential is None:
        return shown
    signed = msgspec.structs.replace(shown.credential, assurance=Assurance.HIGH, counter=tap.counter)
    return msgspec.structs.replace(shown, credential=signed)


def _identify_own_code(reading: Reading, roster: RosterIndex) -> Identified | None:
    """Who shows a code of Muster's own making; None for any other, which the roster may know."""
    text = reading.payload.reveal()
    if looks_like_token(text):
        # It would enrol a terminal: not even a hash of it goes into the log.
        return Identified(None, reason=Refusal.UNKNOWN_CREDENTIAL)
    if badge.looks_like_badge(text):
        return _identify_badge(text, reading.at.wall_ms, roster)
    if misread := genuine_misread(text, roster):
        shown = _identify_badge(misread.text, reading.at.wall_ms, roster)
        return msgspec.structs.replace(shown, misread=misread.trouble)
    return None


def wrong_setting(reading: Reading, roster: RosterIndex, pseudonym_key: bytes) -> Trouble | None:
    """What is wrong with the settings of a device that gives a number or code of the roster otherwise."""
    if told := misnumbered(reading, roster, pseudonym_key):
        return told
    is_code = reading.presented is Presented.CODE
    return misread_code(reading.payload.reveal(), roster, pseudonym_key) if is_code else None


def genuine_misread(text: str, roster: RosterIndex) -> Misread | None:
    """The genuine badge that a scanner made this text of; None where it made it of none."""
    for misread in misread_badges(text):
        with contextlib.suppress(CredentialError):
            roster.genuine_badge(misread.text)
            return misread
    return None


def _identify_badge(text: str, wall_ms: int, roster: RosterIndex) -> Identified:
    if roster.is_missing and not roster.issuers:
        # No key says yet what is genuine: to call it forged would be a guess.
        return Identified(None, reason=Refusal.NOT_CHECKED_YET)
    try:
        shown = roster.genuine_badge(text)
    except CredentialError as error:
        return Identified(None, reason=error.code)
    reason: Why
    if shown.badge.demo != (roster.roster.realm is Realm.DEMO):
        reason = Refusal.OTHER_REALM
    elif shown.is_revoked:
        reason = Refusal.REVOKED_CREDENTIAL
    elif shown.ends_ms is not None and wall_ms >= shown.ends_ms:
        reason = Refusal.EXPIRED_PHONE if shown.badge.form is Form.PHONE else Refusal.EXPIRED_BADGE
    else:
        reason = ""
    return Identified(shown.credential, shown.volunteer, reason)
