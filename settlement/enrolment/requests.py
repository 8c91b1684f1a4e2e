"""What the centre answers a terminal that asks to be enrolled.

The same request gets the same answer however often it comes: a terminal whose line broke asks again. Another
request with a token that was used is refused and kept on record, for whoever looks at `muster terminal list`.
"""

import msgspec
import structlog
from django.db import transaction

from foundation.errors import SettingsError
from settlement.enrolment.grants import let_in, refuse_keys_of_another
from settlement.enrolment.names import check_new_name, enrolled_terminal
from settlement.enrolment.tokens import secret_of
from settlement.models import EnrolmentToken, RefusedEnrolment, TerminalRequest
from settlement.settings import Approval, CentreSettings
from sync.contract.enrolment import (
    AnswerState,
    EnrolmentAnswer,
    EnrolmentError,
    EnrolmentRefusal,
    EnrolmentRequest,
    Signed,
    approval_code,
    proves,
    read_request,
)
from sync.contract.fingerprint_words import fingerprint_words
from sync.line.certificate_authority import CertificateAuthority

WAITING_MS = 60 * 60 * 1000
"""How long a request without a token waits for somebody to approve it."""
_MAX_WAITING = 50
_MAX_WAITING_AT_ONE_ADDRESS = 10
_MAX_REFUSALS = 500

_logger = structlog.get_logger()


def answer_request(
    payload: bytes, address: str, now_ms: int, *, settings: CentreSettings, authority: CertificateAuthority
) -> EnrolmentAnswer:
    """The answer to a request from that address ("" for a file); what is refused is kept on record."""
    name = words = ""
    try:
        signed, request = read_request(payload)
        name, words = request.terminal, fingerprint_words(bytes.fromhex(request.signing_key))
        with transaction.atomic():
            row = TerminalRequest.objects.filter(id=signed.digest).first()
            row = row or _take(signed, request, words, address, now_ms, settings)
            if (
                row.state == AnswerState.WAITING
                and row.token
                and settings.enrolment.approval is Approval.AUTOMATIC
            ):
                let_in(
                    row,
                    request,
                    row.terminal,
                    row.token.site,
                    row.token.by,
                    row.token.account_id,
                    now_ms,
                    settings=settings,
                    authority=authority,
                )
            return _told(row)
    except EnrolmentError as refused:
        _keep_refusal(refused, name, words, address, now_ms)
        return EnrolmentAnswer(AnswerState.REFUSED, refusal=refused.code, arguments=refused.arguments)
    except SettingsError as error:
        _logger.error("enrolment_failed", terminal=name, error=str(error))  # noqa: TRY400 - a sentence
        return EnrolmentAnswer(AnswerState.REFUSED, refusal=EnrolmentRefusal.NOT_NOW)


def _take(
    signed: Signed,
    request: EnrolmentRequest,
    words: str,
    address: str,
    now_ms: int,
    settings: CentreSettings,
) -> TerminalRequest:
    """Put a new request on record; raises EnrolmentError where it may not even wait."""
    if request.token:
        token = _use_token(signed, request, now_ms, settings)
    else:
        token = None
        _make_room(address, now_ms)
    refuse_keys_of_another(request, request.terminal)
    code = approval_code(signed.digest)
    if TerminalRequest.objects.filter(code=code).exists():
        raise EnrolmentError(EnrolmentRefusal.BUSY)
    row = TerminalRequest.objects.create(
        id=signed.digest,
        code=code,
        token=token,
        terminal=request.terminal,
        public_key=request.signing_key,
        words=words,
        message=msgspec.json.encode(signed),
        address=address,
        asked_ms=now_ms,
        state=AnswerState.WAITING,
    )
    _logger.info("terminal_asks", terminal=row.terminal, code=code, words=words, address=address)
    return row


def _use_token(
    signed: Signed, request: EnrolmentRequest, now_ms: int, settings: CentreSettings
) -> EnrolmentToken:
    token = EnrolmentToken.objects.select_for_update(no_key=True).filter(id=request.token).first()
    if (
        token is None
        or token.terminal != request.terminal
        or not proves(b"request", signed, secret_of(token, settings))
    ):
        raise EnrolmentError(EnrolmentRefusal.FOREIGN)
    if token.used_ms is not None:
        raise EnrolmentError(EnrolmentRefusal.USED, terminal=token.terminal)
    if now_ms >= token.ends_ms:
        raise EnrolmentError(EnrolmentRefusal.EXPIRED, terminal=token.terminal)
    try:
        if token.again:
            enrolled_terminal(token.terminal)
        else:
            check_new_name(token.terminal, settings)
    except SettingsError as error:
        raise EnrolmentError(EnrolmentRefusal.NAME_TAKEN, terminal=token.terminal) from error
    token.used_ms = now_ms
    token.save(update_fields=["used_ms"])
    return token


def _make_room(address: str, now_ms: int) -> None:
    """Forget whoever waited too long without a token; raises EnrolmentError where too many wait."""
    waiting = TerminalRequest.objects.filter(state=AnswerState.WAITING, token=None)
    waiting.filter(asked_ms__lte=now_ms - WAITING_MS).delete()
    of_one = waiting.filter(address=address).count()
    if of_one >= _MAX_WAITING_AT_ONE_ADDRESS or waiting.count() >= _MAX_WAITING:
        raise EnrolmentError(EnrolmentRefusal.BUSY)


def _told(row: TerminalRequest) -> EnrolmentAnswer:
    if row.state == AnswerState.GRANTED and row.grant is not None:
        return EnrolmentAnswer(AnswerState.GRANTED, grant=msgspec.json.decode(bytes(row.grant), type=Signed))
    if row.state == AnswerState.REFUSED:
        raise EnrolmentError(EnrolmentRefusal.DECLINED)
    return EnrolmentAnswer(AnswerState.WAITING)


def _keep_refusal(refused: EnrolmentError, name: str, words: str, address: str, now_ms: int) -> None:
    _logger.warning("enrolment_refused", reason=refused.code, terminal=name, words=words, address=address)
    RefusedEnrolment.objects.create(
        at_ms=now_ms, refusal=refused.code, terminal=name, words=words, address=address
    )
    too_many = RefusedEnrolment.objects.order_by("-id").values_list("id", flat=True)[_MAX_REFUSALS:][:1]
    for oldest in list(too_many):
        RefusedEnrolment.objects.filter(id__lte=oldest).delete()
