"""Pages on which anybody checks a certificate by its number (S21), or a receipt. They show names masked."""

from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from settlement.explain.receipt_sentences import tell_receipt
from settlement.recognition.certificate_check import CertificateState, check_certificate
from settlement.recognition.receipt_check import ReceiptStanding, check_receipt
from settlement.rules.hours import certificate_hours
from settlement.web.frame import answer, centre_settings, current_ms, frame, words_for

THROTTLED, THROTTLED_RECEIPTS = "certificate", "receipt"
"""The names of the limits in the settings of django-allauth."""
_SYMBOLS = {
    CertificateState.VALID: "✔",
    CertificateState.STALE: "▲",
    CertificateState.SUPERSEDED: "▲",
    CertificateState.NEVER_ISSUED: "✖",
    CertificateState.NUMBER_ALONE: "▲",
    CertificateState.NOT_A_NUMBER: "✖",
}
_RECEIPT_SYMBOLS = {
    ReceiptStanding.GENUINE: "✔",
    ReceiptStanding.UNKNOWN: "▲",
    ReceiptStanding.NOT_A_CODE: "✖",
}


@require_safe
def certificate(request: HttpRequest, number: str = "", token: str = "") -> HttpResponse:
    """What a certificate states and whether it still holds; without a number, the fields to type it.

    Who tries many from one address is told to wait.
    """
    asked = request.GET.get("number")
    if asked:
        typed = [asked.strip()[:60], request.GET.get("token", "").strip()[:60]]
        number, token = (text.replace("/", "-") for text in typed)
        if not token:
            return redirect("certificate-number", number=number or "-")
        return redirect("certificate", number=number or "-", token=token)
    words = words_for(request)
    context = frame(request, words)
    if number and not consume(request, app="allauth.account", action=THROTTLED, limit_get=True):
        return answer(request, "settlement/certificate.html", context | {"too_many": True}, status=429)
    if number:
        found = check_certificate(number, token)
        content = found.content
        context |= {
            "found": found,
            "token": token,
            "symbol": _SYMBOLS[found.standing],
            "standing": words.code("certificate", found.standing, newer=found.superseded_by),
            "content": content,
            "lines": [
                {"line": line, "hours": certificate_hours(line.t_s)}
                for line in (content.service_content if content else ())
            ],
        }
    return answer(request, "settlement/certificate.html", context)


@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """Whose check-out a code proves and what that became; without one, the field to type it.

    Who tries many from one address is told to wait.
    """
    words, code = words_for(request), request.GET.get("code", "").strip()[:40]
    context = frame(request, words) | {"code": code}
    if code and not consume(request, app="allauth.account", action=THROTTLED_RECEIPTS, limit_get=True):
        return answer(request, "settlement/receipt.html", context | {"too_many": True}, status=429)
    if code:
        found = check_receipt(code, centre_settings(), current_ms())
        context |= {"symbol": _RECEIPT_SYMBOLS[found.standing], "told": tell_receipt(found, words)}
    return answer(request, "settlement/receipt.html", context)
